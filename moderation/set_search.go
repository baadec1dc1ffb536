package moderation

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Like is by what reviews are searched that belong to one. At least one of Author, Seller and Product has to be asked for:
// a search that nothing links is browsing.
type Like struct {
	Author, Seller, Product bool
	Days                    int    // posted at most so many days before or after; 0: at any time
	Stars                   int    // at most so many stars; 0: any
	Words                   string // that stand in it
}

// Asked says whether anything links what is searched.
func (l Like) Asked() bool { return l.Author || l.Seller || l.Product }

// Check names what makes no sense.
func (l Like) Check() error {
	bad := models.Mistakes{}
	if !l.Asked() {
		bad.Say("link", "Choose what the reviews have in common: the author, the seller or the product.")
	}
	if l.Days < 0 || l.Days > 3650 {
		bad.Say("days", "Days are a whole number from 0 to 3650; 0 is at any time.")
	}
	if l.Stars < 0 || l.Stars > 5 {
		bad.Say("stars", "Stars are from 1 to 5; 0 is any.")
	}
	if utf8.RuneCountInString(l.Words) > 200 {
		bad.Say("words", "At most %d characters.", 200)
	}
	if len(bad) > 0 {
		return bad.E("invalid_search", "This search can't be made.")
	}
	return nil
}

// Linked is a review that a search found beside the ticket's own.
type Linked struct {
	models.Review
	SameAuthor, SameSeller, SameProduct bool
	Alike                               int   // how much of the wording is the same, in per cent
	Picked                              bool  // gathered already
	Bar                                 error // why it can't be gathered
}

// SetSearch is what a moderator sees who gathers linked reviews for a ticket that they hold.
type SetSearch struct {
	Review   models.Review // the ticket's own
	Found    []Linked      // one page, those most alike first
	Total    int           // on all pages
	Cut      bool          // there were more to look at than MostLooked
	Gathered []Linked
	Hidden   bool // who sells and who wrote is hidden
}

// MostLooked is how many reviews a search looks at: the latest.
const MostLooked = 2000

// Linked searches reviews that belong to that of a ticket, for the moderator who holds it. Each search is on record: it
// shows reviews that no draw gave. page counts from 1.
func (d *Desk) Linked(ctx context.Context, actor models.Actor, marketplace, ticket string, like Like, page int) (SetSearch, error) {
	var s SetSearch
	r, err := d.searching(ctx, actor, marketplace, ticket)
	if err != nil {
		return s, err
	}
	db := d.db.WithContext(ctx)
	m, err := market(db, marketplace)
	if err != nil {
		return s, err
	}
	s.Review, s.Hidden = r, m.HidesParties(r.Rating)
	picked, err := d.Gathered(ctx, actor, marketplace, ticket)
	if err != nil {
		return s, err
	}
	s.Gathered = link(r, picked)
	if err := d.bars(db, actor, s.Gathered); err != nil || !like.Asked() {
		return s, err
	}
	found, cut, err := d.find(db, r, like)
	if err != nil {
		return s, err
	}
	s.Total, s.Cut = len(found), cut
	s.Found = found[min(len(found), (page-1)*models.PageSize):min(len(found), page*models.PageSize)]
	for i := range s.Found {
		s.Found[i].Picked = slices.ContainsFunc(picked, func(p models.Review) bool { return p.ID == s.Found[i].ID })
	}
	if err := d.bars(db, actor, s.Found); err != nil || page > 1 {
		return s, err
	}
	return s, d.searched(ctx, actor, marketplace, ticket, like, len(found))
}

// searched puts a search on record: by what, and how much it found; the words stay out of the ledger.
func (d *Desk) searched(ctx context.Context, actor models.Actor, marketplace, ticket string, like Like, found int) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: "set.search", SubjectType: "ticket", SubjectID: ticket}
	for name, asked := range map[string]bool{"author": like.Author, "seller": like.Seller, "product": like.Product, "words": like.Words != ""} {
		if asked {
			entry.Set(name, true)
		}
	}
	entry.Set("days", like.Days)
	entry.Set("stars", like.Stars)
	entry.Set("found", found)
	return d.ledger.Act(ctx, actor, entry, func(*gorm.DB) error { return nil })
}

// searching makes sure that the actor may ask for removals and holds the ticket; it gives the ticket's review.
func (d *Desk) searching(ctx context.Context, actor models.Actor, marketplace, ticket string) (models.Review, error) {
	db := d.db.WithContext(ctx)
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "removal"}, "request", "ticket", ticket); err != nil {
		return models.Review{}, err
	}
	if err := holds(db, actor, marketplace, ticket); err != nil {
		return models.Review{}, models.Translate(err)
	}
	var t models.Ticket
	if err := db.Where("marketplace_id = ? AND id = ?", marketplace, ticket).Take(&t).Error; err != nil {
		return models.Review{}, models.Translate(err)
	}
	return review(db, marketplace, t.ReviewID)
}

// find looks at the latest reviews that are linked as asked, and orders them by how much their wording is the same. cut
// says that there were more.
func (d *Desk) find(db *gorm.DB, r models.Review, like Like) (found []Linked, cut bool, err error) {
	if err := like.Check(); err != nil {
		return nil, false, err
	}
	q := db.Where("marketplace_id = ? AND id <> ? AND status IN ? AND erased_at IS NULL", r.MarketplaceID, r.ID, []string{models.ReviewPublished, models.ReviewRedacted})
	if like.Author {
		q = q.Where("customer_id = ?", r.CustomerID)
	}
	if like.Seller {
		q = q.Where("seller_id = ?", r.SellerID)
	}
	if like.Product {
		q = q.Where("product_id = ?", r.ProductID)
	}
	if like.Days > 0 {
		span := time.Duration(like.Days) * 24 * time.Hour
		q = q.Where("posted_at BETWEEN ? AND ?", r.PostedAt.Add(-span), r.PostedAt.Add(span))
	}
	if like.Stars > 0 {
		q = q.Where("rating <= ?", like.Stars)
	}
	var rows []models.Review
	if err := q.Order("posted_at DESC, id").Limit(MostLooked + 1).Find(&rows).Error; err != nil {
		return nil, false, models.Translate(err)
	}
	if cut = len(rows) > MostLooked; cut {
		rows = rows[:MostLooked]
	}
	if words := strings.ToLower(strings.Join(strings.Fields(like.Words), " ")); words != "" {
		rows = slices.DeleteFunc(rows, func(x models.Review) bool {
			return !strings.Contains(strings.ToLower(strings.Join(strings.Fields(x.Title+" "+x.Body), " ")), words)
		})
	}
	found = link(r, rows)
	slices.SortStableFunc(found, func(a, b Linked) int { return b.Alike - a.Alike })
	return found, cut, nil
}

// link says what reviews have in common with one.
func link(r models.Review, others []models.Review) []Linked {
	out, wording := make([]Linked, len(others)), shingles(r.Title+" "+r.Body)
	for i, o := range others {
		out[i] = Linked{
			Review: o, SameAuthor: o.CustomerID == r.CustomerID, SameSeller: o.SellerID == r.SellerID, SameProduct: o.ProductID == r.ProductID,
			Alike: alike(wording, shingles(o.Title+" "+o.Body)),
		}
	}
	return out
}

// bars says of each why it can't be in a set now.
func (d *Desk) bars(db *gorm.DB, actor models.Actor, list []Linked) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]string, len(list))
	for i, x := range list {
		ids[i] = x.ID
	}
	market, now := list[0].MarketplaceID, d.now()
	var busy []string
	err := db.Model(&models.Ticket{}).Where("marketplace_id = ? AND review_id IN ? AND "+notALook, market, ids).
		Where("state = ? OR (state = ? AND lease_until > ?)", models.TicketWaiting, models.TicketOpen, now).Pluck("review_id", &busy).Error
	if err != nil {
		return models.Translate(err)
	}
	var tied []string
	err = db.Model(&models.Interest{}).Where("marketplace_id = ? AND staff_id = ? AND ended_at IS NULL", market, actor.ID).Pluck("seller_id", &tied).Error
	for i := range list {
		x := &list[i]
		switch {
		case slices.Contains(tied, x.SellerID):
			x.Bar = interested()
		case slices.Contains(busy, x.ID):
			x.Bar = models.E(models.Conflict, "set_taken", "Somebody else is at it, or has asked something about it.")
		case x.Status == models.ReviewRemoved:
			x.Bar = models.E(models.Conflict, "not_published", "The review is removed already.")
		case x.ErasedAt != nil:
			x.Bar = models.E(models.Conflict, "review_erased", "The author had the text erased, so there is nothing left to judge; the rating stays.")
		}
	}
	return models.Translate(err)
}
