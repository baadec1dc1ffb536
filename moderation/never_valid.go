package moderation

import (
	_ "embed"
	"encoding/json"
	"strings"

	"evenhand/models"
)

//go:embed never_valid.json
var neverValidJSON []byte

// NeverValid is something that is no reason for a removal, whatever stands beside it.
type NeverValid struct {
	Code    string   `json:"code"`
	Title   string   `json:"title"`
	Why     string   `json:"why"`
	Phrases []string `json:"phrases"` // lower case; in a justification they show that it is the reason after all
}

var neverValid = func() []NeverValid {
	var out []NeverValid
	if err := json.Unmarshal(neverValidJSON, &out); err != nil {
		panic("moderation: never_valid.json: " + err.Error()) // it is compiled in, and read by every test
	}
	return out
}()

// NeverValidReasons lists them for people to read.
func NeverValidReasons() []NeverValid { return neverValid }

// refuseNeverValid refuses a reason, or a justification, that is never valid.
func refuseNeverValid(code, justification string) error {
	text := strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(justification, "’", "'"))), " ")
	for _, n := range neverValid {
		if strings.EqualFold(code, n.Code) {
			return neverValidError("reason", n, "“"+n.Title+"” is never a reason for a removal. "+n.Why)
		}
		for _, phrase := range n.Phrases {
			if strings.Contains(text, phrase) {
				return neverValidError("justification", n, "You wrote “"+phrase+"”. "+n.Title+": that is never a reason for a removal. "+n.Why+" Say what in the review breaks the policy.")
			}
		}
	}
	return nil
}

func neverValidError(field string, n NeverValid, detail string) error {
	return &models.Error{Kind: models.Policy, Code: "never_valid_" + strings.ToLower(n.Code), Detail: detail, Fields: map[string]string{field: detail}}
}
