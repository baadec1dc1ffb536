package moderation

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/models"
)

// The bounds of a justification and of one piece of evidence, in characters.
const (
	MinJustification = 40
	maxJustification = 4000
	maxEvidence      = 2000
	maxEvidenceItems = 20
)

// The kinds of evidence that a reason code can ask for.
const (
	EvidenceOrder     = "order"     // reference of an order look-up
	EvidenceStatement = "statement" // reference of the author's own statement
	EvidenceLink      = "link"      // where a tie or a picture is shown
	EvidenceReviews   = "reviews"   // the id of another review of this marketplace
	EvidenceSpan      = "span"      // words that stand in the review, exactly
	EvidenceDocument  = "document"  // reference of a document
	EvidenceFile      = "file"      // the id of a file that was uploaded for this request
)

// EvidenceKinds lists them in the order of the form.
var EvidenceKinds = []string{EvidenceOrder, EvidenceStatement, EvidenceLink, EvidenceReviews, EvidenceSpan, EvidenceDocument, EvidenceFile}

// Reason is a reason code in its current version.
type Reason struct {
	models.ReasonCode
	AnyOf []string // the kinds of evidence, any of which counts
	Min   int      // how many pieces are needed

	Remedies []string // that it allows, least restrictive first
	Labels   []Label  // that a label may say
}

// Label is one of the public labels of a reason.
type Label struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// LabelText is what a label says, "" where there is no such label.
func (r Reason) LabelText(code string) string {
	for _, l := range r.Labels {
		if l.Code == code {
			return l.Text
		}
	}
	return ""
}

// Reasons lists the current version of every code.
func (d *Desk) Reasons(ctx context.Context) ([]Reason, error) {
	return d.reasons(d.db.WithContext(ctx))
}

func (d *Desk) reasons(db *gorm.DB) ([]Reason, error) {
	var rows []models.ReasonCode
	err := db.Where(`valid_from <= ? AND version = (SELECT max(version) FROM reason_codes x WHERE x.code = reason_codes.code AND x.valid_from <= ?)`, d.now(), d.now()).
		Order("position").Find(&rows).Error
	if err != nil {
		return nil, models.Translate(err)
	}
	out := make([]Reason, 0, len(rows))
	for _, row := range rows {
		r, err := withEvidence(row)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func withEvidence(row models.ReasonCode) (Reason, error) {
	var need struct {
		AnyOf []string `json:"any_of"`
		Min   int      `json:"min"`
	}
	if err := json.Unmarshal([]byte(row.Evidence), &need); err != nil {
		return Reason{}, fmt.Errorf("evidence of reason %s version %d: %w", row.Code, row.Version, err)
	}
	r := Reason{ReasonCode: row, AnyOf: need.AnyOf, Min: need.Min}
	if err := json.Unmarshal([]byte(row.Remedies), &r.Remedies); err != nil {
		return Reason{}, fmt.Errorf("remedies of reason %s version %d: %w", row.Code, row.Version, err)
	}
	if err := json.Unmarshal([]byte(row.Labels), &r.Labels); err != nil {
		return Reason{}, fmt.Errorf("labels of reason %s version %d: %w", row.Code, row.Version, err)
	}
	return r, nil
}

// ReasonAt reads one version of a code: the policy as it stood when something was asked.
func (d *Desk) ReasonAt(ctx context.Context, code string, version int) (Reason, error) {
	return reasonAt(d.db.WithContext(ctx), code, version)
}

func reasonAt(db *gorm.DB, code string, version int) (Reason, error) {
	var row models.ReasonCode
	if err := db.Where("code = ? AND version = ?", code, version).Take(&row).Error; err != nil {
		return Reason{}, models.Translate(err)
	}
	return withEvidence(row)
}

var codeForm = regexp.MustCompile(`^[A-Z_]{1,40}$`)

// knownReason keeps free text that came as a reason code out of the ledger.
func knownReason(code string) string {
	if codeForm.MatchString(code) {
		return code
	}
	return ""
}

// checkAsk makes sure that a request stands on a reason that exists, with its evidence, in enough words. It cleans
// the texts of ask on the way. Every field that has to be mended is named at once.
func (d *Desk) checkAsk(tx *gorm.DB, r models.Review, ask *Ask) (Reason, error) {
	ask.Justification = models.CleanText(ask.Justification)
	if err := refuseNeverValid(ask.Reason, ask.Justification); err != nil {
		return Reason{}, err
	}
	bad := models.Mistakes{}
	reason, err := d.findReason(tx, ask.Reason)
	if models.IsKind(err, models.Invalid) {
		bad.Add("reason", models.AsError(err).Said)
	} else if err != nil {
		return Reason{}, err
	}
	switch n := utf8.RuneCountInString(strings.Join(strings.Fields(ask.Justification), " ")); {
	case n < MinJustification:
		bad.Say("justification", "At least %d characters are needed; these are %d. Say what in the review breaks the policy, and how you know.", MinJustification, n)
	case utf8.RuneCountInString(ask.Justification) > maxJustification:
		bad.Say("justification", "At most %d characters.", maxJustification)
	}
	if err := d.checkRemedy(tx, r, reason, ask, bad); err != nil {
		return Reason{}, err
	}
	ask.Evidence, err = checkEvidence(tx, r, ask.Evidence, bad)
	if err != nil {
		return Reason{}, err
	}
	if reason.Code != "" {
		enough(reason, *ask, bad)
	}
	if len(bad) > 0 {
		return reason, bad.E("invalid_request", "The request isn't complete yet.")
	}
	return reason, nil
}

func (d *Desk) findReason(tx *gorm.DB, code string) (Reason, error) {
	all, err := d.reasons(tx)
	if err != nil {
		return Reason{}, err
	}
	i := slices.IndexFunc(all, func(r Reason) bool { return r.Code == code })
	if i < 0 && code == "" {
		return Reason{}, models.InvalidField("reason", "Choose a reason.")
	}
	if i < 0 {
		return Reason{}, models.InvalidField("reason", "There is no such reason; the list is closed, and “other” isn't on it.")
	}
	return all[i], nil
}
