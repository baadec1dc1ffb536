package moderation

import (
	_ "embed"
	"encoding/json"
	"strings"

	"evenhand/models"
	"evenhand/words"
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
			return neverValidError("reason", n, models.Said("“%s” is never a reason for a removal. %s", words.Word(n.Title), words.Word(n.Why)))
		}
		for _, phrase := range n.Phrases {
			if strings.Contains(text, phrase) {
				return neverValidError("justification", n, models.Said("You wrote “%s”. %s: that is never a reason for a removal. %s Say what in the review breaks the policy.", phrase, words.Word(n.Title), words.Word(n.Why)))
			}
		}
	}
	return nil
}

func neverValidError(field string, n NeverValid, s models.Sentence) error {
	e := models.InvalidField(field, s.Format, s.Args...)
	e.Kind, e.Code = models.Policy, "never_valid_"+strings.ToLower(n.Code)
	return e
}
