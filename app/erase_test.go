package app_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/erasure"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// What is seeded everywhere, and must be nowhere afterwards.
const (
	secretText = "my neighbour Lindqvist saw it smoke"
	secretNote = "the text names Lindqvist twice"
	caseNumber = "DSR-2026-0117"
	why        = "The customer asked in writing on 3 March; support has checked who they are."
)

// erasable is a scene whose customer has written a lot, and of whom a lot was written: an edited review that was asked
// to be removed, declined, asked again, removed, restored and removed once more; one whose request is open; one that
// was skipped; and an earlier erasure that was declined.
type erasable struct {
	*scene
	admin, second models.Actor
	other         models.Review // another customer's
	open          models.Proposal
	rounds        models.Review
	salts         [][]byte
}

func newErasable(t *testing.T, db *dbtest.DB) *erasable {
	t.Helper()
	e := &erasable{scene: newScene(t, db)}
	e.admin, e.second = e.Person(t, "adam", models.RoleAdministrator), e.Person(t, "beryl", models.RoleAdministrator)
	must(t, e.Edit(t.Context(), e.review, "At first fine. Then "+secretText+"."))
	wren := e.Person(t, "wren", models.RoleModerator)
	tk, err := e.Desk.Next(t.Context(), wren, apptest.Market)
	must(t, err)
	must(t, e.Desk.Skip(t.Context(), wren, apptest.Market, tk.ID, "language", secretNote))
	e.rounds = e.read(t, e.review.ID)
	e.flagged(t, e.rounds, "They wrote: "+secretText)
	silt := e.Person(t, "silt", models.RoleModerator)
	p := e.askFor(t, silt, e.rounds)
	_, err = e.Desk.Decline(t.Context(), e.approver, apptest.Market, p.ID, p.Digest, "No: "+secretNote)
	must(t, err)
	e.flaggedBy(t, e.rounds, models.FlagCustomer, secretText)
	p = e.askFor(t, silt, e.rounds)
	e.Open(t.Context(), e.approver, p)
	must(t, e.Desk.AskBack(t.Context(), e.approver, apptest.Market, p.ID, "Is this true: "+secretNote))
	must(t, e.Desk.Answer(t.Context(), silt, apptest.Market, p.ID, "They do say "+secretNote))
	_, err = e.Desk.Approve(t.Context(), e.approver, apptest.Market, p.ID, p.Digest, "Yes: "+secretNote)
	must(t, err)
	must(t, e.Desk.Restore(t.Context(), e.approver, apptest.Market, e.rounds.ID, e.rounds.Version, "Back, since "+secretNote))
	e.flagged(t, e.rounds, secretText)
	p = e.askFor(t, silt, e.rounds)
	e.Open(t.Context(), e.approver, p)
	_, err = e.Desk.Approve(t.Context(), e.approver, apptest.Market, p.ID, p.Digest, "Again: "+secretNote)
	must(t, err)

	e.open = e.askFor(t, silt, e.Review(t, e.Seller, 2))
	e.other = e.ofAnother(t)
	tk, err = e.Desk.Next(t.Context(), wren, apptest.Market)
	must(t, err)
	must(t, e.Desk.Keep(t.Context(), wren, apptest.Market, tk.ID, e.other.Digest))
	early := e.request(t, e.admin)
	_, err = e.Erase.Decline(t.Context(), e.second, apptest.Market, early.ID, early.Digest, "Not yet: customer-1 hasn't shown who they are.")
	must(t, err)
	for _, query := range []string{"SELECT salt FROM reviews WHERE id <> ?", "SELECT salt FROM review_versions WHERE review_id <> ?"} {
		var salts [][]byte
		must(t, e.DB.Raw(query, e.other.ID).Scan(&salts).Error)
		e.salts = append(e.salts, salts...)
	}
	var payloads []string
	must(t, e.DB.Raw("SELECT payload FROM proposals WHERE kind = 'review.remove'").Scan(&payloads).Error)
	for _, x := range payloads {
		_, rest, _ := strings.Cut(x, `"salt":"`)
		e.salts = append(e.salts, []byte(rest[:32]))
	}
	e.Clock.Wind(time.Hour)
	verifyClean(t, e.World)
	return e
}

func (e *erasable) read(t *testing.T, id string) models.Review {
	t.Helper()
	var r models.Review
	must(t, e.DB.Where("marketplace_id = ? AND id = ?", apptest.Market, id).Take(&r).Error)
	return r
}

// flagged reports a review in these words.
func (e *erasable) flagged(t *testing.T, r models.Review, text string) {
	t.Helper()
	e.flaggedBy(t, r, models.FlagSeller, text)
}

func (e *erasable) flaggedBy(t *testing.T, r models.Review, source, text string) {
	t.Helper()
	entry := &ledger.Entry{Marketplace: apptest.Market, Act: "reviews.flag", SubjectType: "review", SubjectID: r.ID}
	must(t, e.Ledger.Act(t.Context(), models.Command("import"), entry, func(tx *gorm.DB) error {
		_, err := e.Desk.Flag(tx, entry.At, []models.Flagged{{Review: r, Source: source, Text: text}})
		return err
	}))
}

// askFor has a moderator draw the ticket of this review, the only open one, and ask for its removal.
func (e *erasable) askFor(t *testing.T, moderator models.Actor, r models.Review) models.Proposal {
	t.Helper()
	tk, err := e.Desk.Next(t.Context(), moderator, apptest.Market)
	must(t, err)
	if tk.ReviewID != r.ID {
		t.Fatalf("drew the ticket of %s; want %s", tk.ReviewID, r.ID)
	}
	ask := e.ask(t)
	ask.Ticket, ask.Seen = tk.ID, e.read(t, r.ID).Digest
	ask.Justification += " It says: " + secretText
	p, err := e.Desk.Request(t.Context(), moderator, ask)
	must(t, err)
	return p
}

// ofAnother is a review by somebody else, who stays.
func (e *erasable) ofAnother(t *testing.T) models.Review {
	t.Helper()
	mine := e.Customer
	e.Customer = models.Customer{MarketplaceID: apptest.Market, ID: models.NewID(), ExternalID: "somebody-else", CreatedAt: e.Now()}
	must(t, e.DB.Create(&e.Customer).Error)
	r := e.Review(t, e.Seller, 5)
	e.Customer = mine
	return r
}

func (e *erasable) request(t *testing.T, by models.Actor) models.Proposal {
	t.Helper()
	p, err := e.tryRequest(t, by, apptest.Market, e.Customer.ExternalID)
	must(t, err)
	return p
}

func (e *erasable) tryRequest(t *testing.T, by models.Actor, market, customer string) (models.Proposal, error) {
	t.Helper()
	return e.Erase.Request(t.Context(), by, erasure.Ask{Marketplace: market, Customer: customer, Reference: caseNumber, Justification: why})
}

const approverNote = "Compared with the case: the customer, and nobody else, asked."

func (e *erasable) erase(t *testing.T) models.Proposal {
	t.Helper()
	p := e.request(t, e.admin)
	done, err := e.Erase.Approve(t.Context(), e.second, apptest.Market, p.ID, p.Digest, approverNote)
	must(t, err)
	if done.State != models.ProposalEffective {
		t.Fatalf("after the approval the request is %s", done.State)
	}
	return done
}

func TestErasure(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := newErasable(t, db)
		before := map[string]models.Review{}
		for _, id := range []string{e.rounds.ID, e.open.SubjectID, e.other.ID} {
			before[id] = e.read(t, id)
		}
		if where := e.dump(t); len(where["text"]) == 0 || len(where["note"]) == 0 || len(where["customer"]) == 0 || len(where["salt"]) == 0 {
			t.Fatalf("nothing was seeded: %v", where)
		}
		e.erase(t)
		for what, where := range e.dump(t) {
			t.Errorf("%s is still in %v", what, where)
		}
		for id, was := range before {
			is := e.read(t, id)
			if is.Rating != was.Rating || is.Status != was.Status || !is.PostedAt.Equal(was.PostedAt) || !bytes.Equal(is.Digest, was.Digest) || is.Version != was.Version || is.ExternalID != was.ExternalID {
				t.Errorf("%+v became %+v", was, is)
			}
			if erased := is.ErasedAt != nil; erased != (id != e.other.ID) {
				t.Errorf("review %s: erased %v", id, erased)
			}
		}
		if got := e.Status(t, before[e.rounds.ID]); got != models.ReviewRemoved {
			t.Errorf("the removed review is %s", got)
		}
		var state, ticket string
		must(t, e.DB.Raw("SELECT state FROM proposals WHERE id = ?", e.open.ID).Scan(&state).Error)
		must(t, e.DB.Raw("SELECT state FROM tickets WHERE review_id = ?", e.open.SubjectID).Scan(&ticket).Error)
		if state != models.ProposalVoid || ticket != models.TicketClosed {
			t.Errorf("the open request is %s, its ticket %s", state, ticket)
		}
		verifyClean(t, e.World)
		t.Run("a removed review can still come back", func(t *testing.T) {
			must(t, e.Desk.Restore(t.Context(), e.approver, apptest.Market, e.rounds.ID, e.rounds.Version, "The reason didn't hold after all."))
			verifyClean(t, e.World)
		})
		t.Run("nobody can ask for its removal any more", func(t *testing.T) {
			e.flagged(t, e.read(t, e.open.SubjectID), "not a customer")
			tk, err := e.Desk.Next(t.Context(), e.asker, apptest.Market)
			must(t, err)
			ask := e.ask(t)
			ask.Ticket, ask.Seen = tk.ID, before[e.open.SubjectID].Digest
			if _, err := e.Desk.Request(t.Context(), e.asker, ask); apptest.Code(err) != "review_erased" {
				t.Errorf("asking for its removal: %v", err)
			}
			must(t, e.Desk.Keep(t.Context(), e.asker, apptest.Market, tk.ID, ask.Seen))
			verifyClean(t, e.World)
		})
		t.Run("nothing comes back, and nothing is erased twice", func(t *testing.T) {
			if _, err := e.tryRequest(t, e.admin, apptest.Market, "customer-1"); apptest.Code(err) != "invalid_request" {
				t.Errorf("asking again: %v", err)
			}
			if err := e.Edit(t.Context(), e.read(t, e.open.SubjectID), "I changed my mind."); err == nil {
				t.Error("an erased review was edited")
			}
		})
	})
}

// dump searches every column of texts and bytes in every table for what was seeded, and on SQLite the files themselves.
func (e *erasable) dump(t *testing.T) map[string][]string {
	t.Helper()
	needles := map[string][][]byte{"text": {[]byte("Lindqvist"), []byte("Stopped working")}, "note": {[]byte("names Lindqvist")}, "customer": {[]byte("customer-1")}}
	for _, s := range e.salts {
		needles["salt"] = append(needles["salt"], s, []byte(hex.EncodeToString(s)))
	}
	out := map[string][]string{}
	look := func(where string, content []byte) {
		for what, list := range needles {
			for _, n := range list {
				if bytes.Contains(content, n) {
					out[what] = append(out[what], where)
					break
				}
			}
		}
	}
	for _, column := range textColumns(t, e.DB.DB) {
		table, name, _ := strings.Cut(column, ".")
		where, args := "", []any{}
		if table == "reviews" {
			where, args = " WHERE id <> ?", []any{e.other.ID}
		}
		var values [][]byte
		must(t, e.DB.Raw("SELECT "+castBytes(e.DB.DB, name)+" FROM "+table+where, args...).Scan(&values).Error)
		for _, v := range values {
			look(column, v)
		}
	}
	if path, ok := strings.CutPrefix(e.DB.URL, "sqlite:"); ok {
		delete(needles, "text") // the other customer's review has some of it
		needles["secret"] = [][]byte{[]byte("Lindqvist")}
		for _, suffix := range []string{"", "-wal"} {
			content, err := os.ReadFile(path + suffix)
			must(t, err)
			look("the file"+suffix, content)
		}
	}
	return out
}

func castBytes(db *gorm.DB, column string) string {
	if models.IsPostgres(db) {
		return "convert_to(\"" + column + "\"::text, 'UTF8')"
	}
	return "CAST(\"" + column + "\" AS blob)"
}

func textColumns(t *testing.T, db *gorm.DB) []string {
	t.Helper()
	query := `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN ('text', 'bytea', 'uuid')`
	if !models.IsPostgres(db) {
		query = `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`
	}
	var out []string
	must(t, db.Raw(query).Scan(&out).Error)
	if len(out) < 60 {
		t.Fatalf("only %d columns to search", len(out))
	}
	return out
}
