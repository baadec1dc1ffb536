package moderation

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// History is everything that happened to one review.
type History struct {
	Content  Content
	Versions []models.ReviewVersion // replaced texts, newest first
	Flags    []models.Flag
	Tickets  []models.Ticket // oldest first
	Requests []Row
	Events   []Event
	Home     models.Product // that a moved review came in for
}

// Event is one entry of the ledger about a review, with the words that belong to it.
type Event struct {
	models.LedgerEntry
	ActorName     string
	Data          map[string]any `gorm:"-"`
	Justification string         `gorm:"-"`
	Note          string         `gorm:"-"`
	Sealed        *bool          `gorm:"-"` // of an approval: whether it carries this installation's seal
	Proposal      string         `gorm:"-"`
	Undecided     bool           `gorm:"-"` // by somebody who may still decide on the request, and whom nobody has to know
}

// mostEvents bounds one review's history.
const mostEvents = 500

// History shows a review's whole story to those who may read it. how is the way by which they came to it: OpenedLink or
// OpenedSearch.
func (d *Desk) History(ctx context.Context, actor models.Actor, marketplace, id, how string) (History, error) {
	var h History
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "review"}, "read", "review", id); err != nil {
		return h, err
	}
	db := d.db.WithContext(ctx)
	r, err := review(db, marketplace, id)
	if err != nil {
		return h, err
	}
	if err := d.opened(ctx, actor, r, how); err != nil {
		return h, err
	}
	if h.Content, err = content(db, r); err != nil {
		return h, err
	}
	h.Content.Review.Status = r.StatusAt(d.now())
	at := func(q *gorm.DB) *gorm.DB { return q.Where("marketplace_id = ? AND review_id = ?", marketplace, id) }
	if err := at(db).Order("version DESC").Limit(100).Find(&h.Versions).Error; err != nil {
		return h, models.Translate(err)
	}
	if err := at(db).Order("created_at, id").Limit(100).Find(&h.Flags).Error; err != nil {
		return h, models.Translate(err)
	}
	looks, err := d.mayReadLooks(db, actor, marketplace)
	if err != nil {
		return h, err
	}
	if err := without(at(db), looks).Order("opened_at, id").Limit(100).Find(&h.Tickets).Error; err != nil {
		return h, models.Translate(err)
	}
	if err := rows(db, marketplace).Where("q.review_id = ?", id).Order("q.created_at DESC").Limit(100).Find(&h.Requests).Error; err != nil {
		return h, models.Translate(err)
	}
	if err := approval.AddVerdicts(d.engine, db, h.Requests); err != nil {
		return h, err
	}
	if r.HomeProductID != nil {
		if err := db.Where("marketplace_id = ? AND id = ?", marketplace, *r.HomeProductID).Take(&h.Home).Error; err != nil {
			return h, models.Translate(err)
		}
	}
	if h.Events, err = d.events(db, r, h.Requests, looks); err != nil {
		return h, err
	}
	return h, d.veilHistory(db, actor, &h)
}

// veilHistory hides what blind work hides from who reads a history.
func (d *Desk) veilHistory(db *gorm.DB, actor models.Actor, h *History) error {
	v, err := d.veilOf(db, actor, h.Content.Review.MarketplaceID)
	if err != nil {
		return err
	}
	if err := v.overRows(h.Requests); err != nil {
		return err
	}
	held, err := d.hiddenHolders(v, oneReview(db, h.Content.Review.MarketplaceID, h.Content.Review.ID))
	if err != nil {
		return err
	}
	v.overEvents(h.Events, h.Requests, held[h.Content.Review.ID])
	if err := v.overReview(&h.Content); err != nil || !h.Content.Hidden {
		return err
	}
	h.Home.ExternalID = ""
	for i := range h.Requests {
		h.Requests[i].PartiesHidden, h.Requests[i].SellerName = true, ""
	}
	return nil
}

// without narrows tickets to those that aren't second looks, for who may not know of them.
func without(tickets *gorm.DB, looks bool) *gorm.DB {
	if looks {
		return tickets
	}
	return tickets.Where(notALook)
}

// mayReadLooks says whether somebody may know of second looks. Who decides on cases may not: it would sway them.
func (d *Desk) mayReadLooks(db *gorm.DB, actor models.Actor, marketplace string) (bool, error) {
	rights, err := d.rights.View(db)
	if err != nil {
		return false, err
	}
	return rights.Can(actor.ID, marketplace, rbac.Object{Kind: "look"}, "read")
}

// TicketTimeline is the part of a review's history that whoever holds a ticket may know. A second look says nothing of
// what was decided before: only how the review came in, and what happened to this ticket.
func (d *Desk) TicketTimeline(ctx context.Context, actor models.Actor, t models.Ticket) ([]Event, error) {
	if !t.IsLook() {
		return d.Timeline(ctx, actor, t.MarketplaceID, t.ReviewID)
	}
	db := d.db.WithContext(ctx)
	r, err := review(db, t.MarketplaceID, t.ReviewID)
	if err != nil {
		return nil, err
	}
	events, err := d.events(db, r, nil, true)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(events, func(e Event) bool { return e.SubjectID != t.ID && e.SubjectType != "marketplace" }), nil
}

// Timeline is the part of a review's history that is about one ticket or request, for those who work on it.
func (d *Desk) Timeline(ctx context.Context, actor models.Actor, marketplace, reviewID string) ([]Event, error) {
	db := d.db.WithContext(ctx)
	r, err := review(db, marketplace, reviewID)
	if err != nil {
		return nil, err
	}
	var requests []Row
	if err := rows(db, marketplace).Where("q.review_id = ?", reviewID).Limit(100).Find(&requests).Error; err != nil {
		return nil, models.Translate(err)
	}
	if err := approval.AddVerdicts(d.engine, db, requests); err != nil {
		return nil, err
	}
	events, err := d.events(db, r, requests, false)
	if err != nil {
		return nil, err
	}
	v, err := d.veilOf(db, actor, marketplace)
	if err != nil {
		return nil, err
	}
	if err := v.overRows(requests); err != nil {
		return nil, err
	}
	held, err := d.hiddenHolders(v, oneReview(db, marketplace, reviewID))
	if err != nil {
		return nil, err
	}
	v.overEvents(events, requests, held[reviewID])
	return events, nil
}

// events reads the entries about a review, its author's erasure, its tickets, its requests and appeals, oldest first, and
// adds the words. looks says whether second looks are among them.
func (d *Desk) events(db *gorm.DB, r models.Review, requests []Row, looks bool) ([]Event, error) {
	var subjects []string
	tickets := db.Model(&models.Ticket{}).Where("marketplace_id = ? AND review_id = ?", r.MarketplaceID, r.ID)
	if err := without(tickets, looks).Pluck("id", &subjects).Error; err != nil {
		return nil, models.Translate(err)
	}
	var appeals []string
	if err := db.Model(&models.Appeal{}).Where("marketplace_id = ? AND review_id = ?", r.MarketplaceID, r.ID).Pluck("id", &appeals).Error; err != nil {
		return nil, models.Translate(err)
	}
	subjects = append(append(subjects, r.ID, r.CustomerID), appeals...)
	for _, q := range requests {
		subjects = append(subjects, q.ID)
	}
	var out []Event
	q := db.Table("ledger_entries e").Select("e.*, COALESCE(s.name, e.actor_id) AS actor_name").
		Joins("LEFT JOIN staff s ON e.actor_kind = 'person' AND CAST(s.id AS text) = e.actor_id")
	if !looks {
		q = q.Where("e.act NOT LIKE 'look.%'")
	}
	err := q.
		Where("e.subject_id IN ? OR e.id = ?", subjects, r.IntakeID).Order("e.at, e.id").Limit(mostEvents).Find(&out).Error
	if err != nil {
		return nil, models.Translate(err)
	}
	notes, err := d.restoreNotes(db, r)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if err := explain(&out[i], requests, notes); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b Event) int { return a.At.Compare(b.At) })
	return out, nil
}

// restoreNotes are the words of who restored the review, and of who had names shown, by their entries.
func (d *Desk) restoreNotes(db *gorm.DB, r models.Review) (map[string]string, error) {
	var done []models.Restoration
	err := db.Where("marketplace_id = ? AND review_id = ?", r.MarketplaceID, r.ID).Find(&done).Error
	notes := map[string]string{}
	for _, x := range done {
		notes[x.ID] = x.Note
	}
	if err != nil {
		return nil, models.Translate(err)
	}
	var holds []models.Hold
	err = db.Select("id", "words").Where("marketplace_id = ? AND review_id = ?", r.MarketplaceID, r.ID).Find(&holds).Error
	for _, h := range holds {
		notes[h.ID] = h.Words
	}
	if err != nil {
		return nil, models.Translate(err)
	}
	var lifted []models.Unmasking
	err = db.Select("id", "text").Where("marketplace_id = ? AND review_id = ?", r.MarketplaceID, r.ID).Find(&lifted).Error
	for _, x := range lifted {
		notes[x.ID] = x.Text
	}
	return notes, models.Translate(err)
}

// explain adds to an entry the words that aren't in it: the rows that an act wrote carry its entry's id.
func explain(e *Event, requests []Row, notes map[string]string) error {
	body, err := ledger.ParseBody(e.Body)
	if err != nil {
		return err
	}
	e.Data = body.Data
	e.Note = notes[e.ID]
	for _, q := range requests {
		if q.ID == e.SubjectID {
			e.Proposal = q.ID
			e.Undecided = q.State == models.ProposalOpen && q.RequesterID != e.ActorID && (e.Act == "evidence.open" || e.Act == "removal.question" || e.Act == actLift)
			if e.Undecided {
				e.Note = ""
			}
		}
		if q.ID == e.ID {
			asked, err := ParseRemoval(q.Proposal)
			if err != nil {
				return err
			}
			e.Justification = asked.Justification
		}
		for _, g := range q.Verdicts {
			if g.ID == e.ID {
				e.Note, e.Sealed = g.Note, &g.Sealed
			}
		}
	}
	return nil
}

// excerptLength is how much of a review a list shows, in characters.
const excerptLength = 140

// Excerpt is the beginning of a review, title first.
func Excerpt(title, body string) string {
	text := strings.TrimSpace(body)
	if title = strings.TrimSpace(title); title != "" {
		text = title + ": " + text
	}
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > excerptLength {
		return string(r[:excerptLength]) + "…"
	}
	return text
}
