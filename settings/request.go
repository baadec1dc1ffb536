package settings

import (
	"context"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
)

// The bounds of a justification, in characters.
const (
	MinJustification = 40
	maxJustification = 2000
)

// Ask is a request for a change, as a form sends it: of each setting that stands in it, what it was when the form was
// made, and what it is to become. One that is to stay isn't changed.
type Ask struct {
	Marketplace   string
	Was, To       map[string]string
	Justification string
}

// Request asks for a change. It opens a proposal, which takes another person to approve.
func (x *Settings) Request(ctx context.Context, actor models.Actor, ask Ask) (models.Proposal, error) {
	ask.Justification = models.CleanText(ask.Justification)
	return x.engine.Ask(ctx, actor, ask.Marketplace, models.KindSettings, func(tx *gorm.DB, entry *ledger.Entry) (approval.Request, error) {
		var m models.Marketplace // held still, since what is asked says what it was
		if err := models.ForUpdateAlone(tx).Where("id = ?", ask.Marketplace).Take(&m).Error; err != nil {
			return approval.Request{}, noMarketplace(ask.Marketplace)
		}
		changes, err := check(m, ask)
		if err != nil {
			return approval.Request{}, err
		}
		subject := subjectOf(changes)
		if err := notAsked(tx, m.ID, subject); err != nil {
			return approval.Request{}, err
		}
		entry.Set("settings", subject)
		return approval.Request{
			SubjectType: noun, SubjectID: subject, SubjectVersion: m.SettingsVersion,
			Payload: Asked{Changes: changes, Justification: ask.Justification, Salt: hex.EncodeToString(ledger.NewSalt())},
			Quorum:  1, TTL: time.Duration(m.ProposalTTLHours) * time.Hour,
		}, nil
	})
}

// check makes the changes of a form. Every field that has to be mended is named at once.
func check(m models.Marketplace, ask Ask) ([]Change, error) {
	bad := models.Mistakes{}
	var changes []Change
	for name := range ask.To {
		if _, ok := models.SettingNamed(name); !ok {
			return nil, models.InvalidField("settings", "There is no setting %.60q.", name)
		}
	}
	for _, s := range models.Settings {
		text, given := ask.To[s.Name]
		if !given {
			continue
		}
		is := s.Of(m)
		if was, shown := ask.Was[s.Name]; shown && was != Text(is) {
			bad.Say(s.Name, "Somebody changed this since you opened the page: it is %s now.", s.Say(is))
			continue
		}
		to, wrong := parse(s, text)
		bad.Add(s.Name, wrong)
		if wrong.Empty() && to != is {
			changes = append(changes, Change{Name: s.Name, From: is, To: to})
		}
	}
	if len(changes) == 0 && len(bad) == 0 {
		bad.Say("", "Everything would stay as it is. Change at least one setting.")
	}
	switch n := utf8.RuneCountInString(ask.Justification); {
	case n < MinJustification:
		bad.Say("justification", "Say why this has to change, in at least %d characters, for whoever is to agree.", MinJustification)
	case n > maxJustification:
		bad.Say("justification", "At most 2,000 characters.")
	}
	if e := bad.E("invalid_request", "The request isn't complete yet."); e != nil {
		return nil, e
	}
	return changes, nil
}

// Text is a value as forms carry it.
func Text(v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case int:
		return strconv.Itoa(v)
	}
	return v.(string)
}

// fine is what is wrong with a value that is right: nothing.
var fine models.Sentence

// parse reads a value from a form, and says what is wrong with it.
func parse(s models.Setting, text string) (any, models.Sentence) {
	text = models.CleanText(text)
	switch s.Kind {
	case models.SettingNumber:
		n, err := strconv.Atoi(text)
		if err != nil || n < s.Min || n > s.Max {
			return nil, models.Said("Write a whole number from %d to %d.", s.Min, s.Max)
		}
		return n, fine
	case models.SettingYesNo:
		if text != "yes" && text != "no" {
			return nil, models.Said("Choose yes or no.")
		}
		return text == "yes", fine
	case models.SettingChoice:
		for _, c := range s.Choices {
			if c.Value == text {
				return text, fine
			}
		}
		return nil, models.Said("Choose one of those that are offered.")
	}
	switch {
	case utf8.RuneCountInString(text) > s.Max:
		return nil, models.Said("At most %d characters.", s.Max)
	case strings.ContainsAny(text, "\r\n"):
		return nil, models.Said("One line.")
	case s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(text):
		return nil, models.Said(s.Shape)
	}
	return text, fine
}

// notAsked refuses a second request about the same settings while one is open.
func notAsked(tx *gorm.DB, marketplace, subject string) error {
	asked, err := approval.AskedAlready(tx, marketplace, models.KindSettings, subject)
	if err != nil || !asked {
		return err
	}
	return models.E(models.Conflict, "asked_already", "A change of the same settings has been asked for already; it waits for an approver.")
}
