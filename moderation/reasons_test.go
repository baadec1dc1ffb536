package moderation_test

import (
	"strings"
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

// draw gives a moderator a ticket on a new review of this text, and the request's beginning.
func draw(t *testing.T, w *apptest.World) (models.Actor, models.Review, moderation.Ask) {
	t.Helper()
	r := w.Review(t, w.NewSeller(t, models.NewID()), 1)
	moor := w.Person(t, "moor-"+models.NewID(), models.RoleModerator)
	for {
		ticket, err := w.Desk.Next(t.Context(), moor, apptest.Market)
		if err != nil {
			t.Fatal(err)
		}
		if ticket.ReviewID == r.ID {
			return moor, r, moderation.Ask{Marketplace: apptest.Market, Ticket: ticket.ID, Seen: r.Digest, Justification: apptest.Justification}
		}
		if err := w.Desk.Skip(t.Context(), moor, apptest.Market, ticket.ID, "technical", ""); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReasons(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		all, err := w.Desk.Reasons(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(all) != 14 {
			t.Errorf("%d reasons; want the 14 of the policy", len(all))
		}
		for _, r := range all {
			if strings.Contains(r.Code, "OTHER") || r.Min < 1 || len(r.AnyOf) == 0 || r.Meaning == "" || r.Policy == "" {
				t.Errorf("reason %+v", r)
			}
		}
	})
}

func TestEveryReasonNeedsItsEvidence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		one, two := w.Review(t, w.Seller, 1), w.Review(t, w.Seller, 2)
		values := map[string]string{
			moderation.EvidenceOrder: "look-up 17", moderation.EvidenceStatement: "letter of 3 March", moderation.EvidenceLink: "https://example.test/account",
			moderation.EvidenceSpan: "after two  weeks", moderation.EvidenceDocument: "file 12",
		}
		reasons, err := w.Desk.Reasons(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, reason := range reasons {
			for _, kind := range reason.AnyOf {
				t.Run(reason.Code+" with "+kind, func(t *testing.T) {
					moor, _, ask := draw(t, w)
					ask.Reason = reason.Code
					ask.Remedy = models.ActionRemove
					_, err := w.Desk.Request(t.Context(), moor, ask)
					if models.AsError(err).Fields["evidence_"+reason.AnyOf[0]] == "" {
						t.Errorf("without evidence: %v", err)
					}
					ask.Evidence = []moderation.Evidence{{Kind: kind, Value: values[kind]}}
					if kind == moderation.EvidenceReviews {
						ask.Evidence = []moderation.Evidence{{Kind: kind, Value: one.ID}, {Kind: kind, Value: two.ID}}
					}
					if kind == moderation.EvidenceFile {
						file, err := w.Desk.Attach(t.Context(), moor, apptest.Market, ask.Ticket, "proof.txt", []byte("what shows it, for "+reason.Code))
						if err != nil {
							t.Fatal(err)
						}
						ask.Evidence[0].Value = file.ID
					}
					if _, err := w.Desk.Request(t.Context(), moor, ask); err != nil {
						t.Errorf("with evidence: %v", err)
					}
				})
			}
		}
	})
}

func TestRequestNamesWhatIsWrong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		order := []moderation.Evidence{{Kind: moderation.EvidenceOrder, Value: "look-up 17"}}
		one := w.Review(t, w.Seller, 1)
		for name, c := range map[string]struct {
			change func(*moderation.Ask, models.Review)
			field  string
			kind   models.Kind
		}{
			"no reason":            {func(a *moderation.Ask, _ models.Review) { a.Reason = "" }, "reason", models.Invalid},
			"other":                {func(a *moderation.Ask, _ models.Review) { a.Reason = "OTHER" }, "reason", models.Invalid},
			"a reason never valid": {func(a *moderation.Ask, _ models.Review) { a.Reason = "negative" }, "reason", models.Policy},
			"39 characters":        {func(a *moderation.Ask, _ models.Review) { a.Justification = strings.Repeat("é", 39) }, "justification", models.Invalid},
			"padded with spaces": {func(a *moderation.Ask, _ models.Review) {
				a.Justification = "not enough" + strings.Repeat(" \n", 40) + "still"
			}, "justification", models.Invalid},
			"a book": {func(a *moderation.Ask, _ models.Review) { a.Justification = strings.Repeat("word ", 1000) }, "justification", models.Invalid},
			"unknown evidence": {func(a *moderation.Ask, _ models.Review) {
				a.Evidence = []moderation.Evidence{{Kind: "hunch", Value: "x"}}
			}, "evidence", models.Invalid},
			"words not in the review": {func(a *moderation.Ask, _ models.Review) {
				a.Evidence = []moderation.Evidence{{Kind: "span", Value: "never said"}}
			}, "evidence_span", models.Invalid},
			"the review itself": {func(a *moderation.Ask, r models.Review) {
				a.Evidence = []moderation.Evidence{{Kind: "reviews", Value: r.ID}}
			}, "evidence_reviews", models.Invalid},
			"a review of nowhere": {func(a *moderation.Ask, _ models.Review) {
				a.Evidence = []moderation.Evidence{{Kind: "reviews", Value: models.NewID()}}
			}, "evidence_reviews", models.Invalid},
			"one review of two": {func(a *moderation.Ask, _ models.Review) {
				a.Reason, a.Evidence = "COORDINATED_MANIPULATION", []moderation.Evidence{{Kind: "reviews", Value: one.ID}, {Kind: "reviews", Value: one.ID}}
			}, "evidence_reviews", models.Invalid},
		} {
			t.Run(name, func(t *testing.T) {
				moor, r, ask := draw(t, w)
				ask.Reason, ask.Evidence = "FAKE_EXPERIENCE", order
				c.change(&ask, r)
				_, err := w.Desk.Request(t.Context(), moor, ask)
				if e := models.AsError(err); e.Kind != c.kind || e.Fields[c.field] == "" {
					t.Errorf("Request: %v; want an error of field %s", err, c.field)
				}
				if w.Status(t, r) != models.ReviewPublished {
					t.Error("the review changed")
				}
			})
		}
	})
}

func TestNeverValidReasonsAreRefused(t *testing.T) {
	db := dbtest.SQLite(t)
	w := apptest.New(t, db)
	for _, n := range moderation.NeverValidReasons() {
		for _, phrase := range n.Phrases {
			moor, _, ask := draw(t, w)
			ask.Reason = "FAKE_EXPERIENCE"
			ask.Justification = "I looked into this one. It is plain that " + strings.ToUpper(phrase) + ", and that is why it should go."
			_, err := w.Desk.Request(t.Context(), moor, ask)
			e := models.AsError(err)
			if e.Kind != models.Policy || !strings.Contains(e.Detail, n.Why) {
				t.Errorf("%q: %v", phrase, err)
			}
		}
	}
	var refused int64
	db.Raw("SELECT count(*) FROM ledger_entries WHERE act = 'removal.request' AND outcome = 'refused' AND code LIKE 'never_valid_%'").Scan(&refused)
	if refused == 0 {
		t.Error("the refusals aren't on record")
	}
}

func TestHonestJustificationsPass(t *testing.T) {
	w := apptest.New(t, dbtest.SQLite(t))
	for _, text := range []string{
		"The order system knows no order of this author, and the account wrote forty reviews within one hour.",
		"The review gives the courier's full name and mobile number, which nobody agreed to have published.",
		"The text is about a hotel in another town; this product is a kettle, and the author never mentions it.",
		"The author works for a competing shop, as their public profile says, and reviews only its rivals.",
	} {
		moor, _, ask := draw(t, w)
		ask.Reason, ask.Justification, ask.Evidence = "FAKE_EXPERIENCE", text, []moderation.Evidence{{Kind: "order", Value: "look-up 17"}}
		if _, err := w.Desk.Request(t.Context(), moor, ask); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
