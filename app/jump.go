package app

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/rbac"
)

// What a jump can lead to.
const (
	JumpTicket    = "ticket"
	JumpRequest   = "request"
	JumpErasure   = "erasure"
	JumpReview    = "review"
	JumpSeller    = "seller"
	JumpEntry     = "entry"
	JumpModerator = "moderator"
	JumpApprover  = "approver"
)

// Found is a thing with a page that the person may open.
type Found struct{ Kind, ID string }

// mostFound bounds what one question is answered with; more than one of a kind is rare, since the endings of ids are random.
const mostFound = 10

// longestJump is the length of the longest id of the marketplace's own that is looked for.
const longestJump = 200

var ending = regexp.MustCompile(`^[0-9a-f]{8}$`)

// Jump finds what an id means to a person: ours, whole or by the eight digits that pages show, or the marketplace's own
// of a review or a seller. It looks only where the person has the right to look, so that what isn't theirs to see and
// what isn't there are the same. A moderator's tickets are found only while they hold them, and requests only where they
// asked: this is no way to a case that no draw gave.
func (a *App) Jump(ctx context.Context, actor models.Actor, marketplace, text string) ([]Found, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > longestJump {
		return nil, nil
	}
	db := a.DB.WithContext(ctx)
	rights, err := a.Rights.View(db)
	if err != nil {
		return nil, models.Translate(err)
	}
	j := jump{db: db, rights: rights, actor: actor, market: marketplace, text: text}
	if id, err := models.ParseID(text); err == nil {
		j.where, j.id = "id = ?", id
	} else if tail := strings.ToLower(strings.TrimPrefix(text, "…")); ending.MatchString(tail) {
		j.where, j.id = models.EndingOf(db, "id")+" = ?", tail
	}
	var out []Found
	for _, look := range []func() ([]Found, error){j.ticket, j.requests, j.erasures, j.reviews, j.sellers, j.people, j.entries} {
		found, err := look()
		if err != nil {
			return nil, models.Translate(err)
		}
		out = append(out, found...)
	}
	return out[:min(len(out), mostFound)], nil
}

// jump is one question. where and id are empty where the text is no id of ours.
type jump struct {
	db                      *gorm.DB
	rights                  rbac.View
	actor                   models.Actor
	market, text, where, id string
}

func (j jump) can(obj, act string) bool {
	ok, err := j.rights.Can(j.actor.ID, j.market, rbac.Object{Kind: obj}, act)
	return err == nil && ok
}

// find lists rows of a marketplace's table that have the id.
func (j jump) find(kind, table string, more ...any) ([]Found, error) {
	if j.where == "" {
		return nil, nil
	}
	q := j.db.Table(table).Where("marketplace_id = ? AND "+j.where, j.market, j.id)
	if len(more) > 0 {
		q = q.Where(more[0], more[1:]...)
	}
	return pluck(kind, q)
}

func pluck(kind string, q *gorm.DB) ([]Found, error) {
	var ids []string
	err := q.Limit(mostFound).Pluck("id", &ids).Error
	out := make([]Found, len(ids))
	for i, id := range ids {
		out[i] = Found{kind, id}
	}
	return out, err
}

// ticket is the one that the person holds.
func (j jump) ticket() ([]Found, error) {
	if !j.can("ticket", "decide") {
		return nil, nil
	}
	return j.find(JumpTicket, "tickets", "lease_holder_id = ? AND state = ?", j.actor.ID, models.TicketOpen)
}

// requests are all, for who decides or reads them; for others their own.
func (j jump) requests() ([]Found, error) {
	of := "EXISTS (SELECT 1 FROM removal_requests q WHERE q.marketplace_id = proposals.marketplace_id AND q.proposal_id = proposals.id)"
	switch {
	case j.can("removal", "read"):
		return j.find(JumpRequest, "proposals", of)
	case j.can("removal", "read-own"):
		return j.find(JumpRequest, "proposals", "requester_id = ? AND "+of, j.actor.ID)
	}
	return nil, nil
}

func (j jump) erasures() ([]Found, error) {
	if !j.can("erasure", "read") {
		return nil, nil
	}
	return j.find(JumpErasure, "proposals", "kind = ?", models.KindEraseCustomer)
}

// reviews are found by the marketplace's own ids, too.
func (j jump) reviews() ([]Found, error) {
	if !j.can("review", "read") {
		return nil, nil
	}
	return j.external(JumpReview, "reviews")
}

func (j jump) sellers() ([]Found, error) {
	if !j.can("history", "read") {
		return nil, nil
	}
	whole := j
	if j.where != "id = ?" {
		whole.where = "" // sellers are shown by the marketplace's ids, never by the end of ours
	}
	return whole.external(JumpSeller, "sellers")
}

func (j jump) external(kind, table string) ([]Found, error) {
	out, err := j.find(kind, table)
	if err != nil {
		return nil, err
	}
	theirs, err := pluck(kind, j.db.Table(table).Where("marketplace_id = ? AND external_id = ?", j.market, j.text))
	for _, f := range theirs {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out, err
}

// people have a page as what they are here: moderators, approvers. Who holds neither role now may have held one.
func (j jump) people() ([]Found, error) {
	if j.where == "" || !j.can("history", "read") {
		return nil, nil
	}
	who, err := pluck("", j.db.Table("staff").Where(j.where, j.id))
	var out []Found
	for _, p := range who {
		if len(j.rights.GrantIDs(p.ID, j.market, models.RoleModerator)) > 0 {
			out = append(out, Found{JumpModerator, p.ID})
		}
		if len(j.rights.GrantIDs(p.ID, j.market, models.RoleSupervisor)) > 0 {
			out = append(out, Found{JumpApprover, p.ID})
		}
		if len(out) == 0 {
			out = append(out, Found{JumpModerator, p.ID})
		}
	}
	return out, err
}

func (j jump) entries() ([]Found, error) {
	if !j.can("record", "read") {
		return nil, nil
	}
	return j.find(JumpEntry, "ledger_entries")
}
