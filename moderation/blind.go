package moderation

import (
	"slices"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/rbac"
)

// hiddenPerson stands for somebody whose name is hidden.
const hiddenPerson = "someone else"

// veil is what blind work hides from one person in one marketplace. Names are taken out of what the desk gives away, so
// that no page can show them by mistake.
type veil struct {
	db     *gorm.DB
	market models.Marketplace
	viewer string
	decide bool // whether they may decide on requests here
}

// veilOf reads it.
func (d *Desk) veilOf(db *gorm.DB, viewer models.Actor, marketplace string) (veil, error) {
	v := veil{db: db, viewer: viewer.ID}
	var err error
	if v.market, err = market(db, marketplace); err != nil {
		return v, err
	}
	rights, err := d.rights.View(db)
	if err != nil {
		return v, err
	}
	v.decide, err = rights.Can(viewer.ID, marketplace, rbac.Object{Kind: "removal"}, models.VerdictApprove)
	return v, err
}

// lifted are those of some tickets and requests that the viewer has had the names of shown.
func (v veil) lifted(subjects []string) (map[string]bool, error) {
	var found []string
	out := map[string]bool{}
	if len(subjects) == 0 || v.viewer == "" {
		return out, nil
	}
	err := v.db.Model(&models.Unmasking{}).Where("marketplace_id = ? AND staff_id = ? AND subject_id IN ?", v.market.ID, v.viewer, subjects).
		Pluck("subject_id", &found).Error
	for _, id := range found {
		out[id] = true
	}
	return out, models.Translate(err)
}

// overRows hides, in requests whose verdicts are read, the parties from who asked and who asked from who may decide.
func (v veil) overRows(list []Row) error {
	var ask []string
	for _, r := range list {
		if v.hidesParties(r) {
			ask = append(ask, r.TicketID)
		}
		if v.hidesRequester(r) {
			ask = append(ask, r.ID)
		}
	}
	lifted, err := v.lifted(ask)
	if err != nil {
		return err
	}
	for i := range list {
		r := &list[i]
		if v.hidesParties(*r) && !lifted[r.TicketID] {
			r.PartiesHidden, r.SellerName = true, ""
		}
		if r.RequesterLifted = lifted[r.ID]; v.hidesRequester(*r) && !r.RequesterLifted {
			r.RequesterHidden, r.RequesterName = true, ""
		}
	}
	return nil
}

// hidesParties says whether seller and author of a request are hidden, unless the viewer has lifted that: from who asked.
func (v veil) hidesParties(r Row) bool {
	return r.RequesterID == v.viewer && v.market.HidesParties(r.Rating)
}

// hidesRequester says whether who asked is hidden, unless the viewer has lifted that: from whoever may decide, while the
// request is open and their verdict isn't in.
func (v veil) hidesRequester(r Row) bool {
	return v.decide && r.RequesterID != v.viewer && r.State == models.ProposalOpen && v.market.HidesRequester(r.Rating) &&
		!r.DecidedBy(v.viewer)
}

// overEvents hides every other person in a review's history while one of its requests is open whose requester the viewer
// isn't to know, or while its holder is hidden: who else had to do with the review would leave few to guess among.
func (v veil) overEvents(events []Event, requests []Row, holder bool) {
	if !holder && !slices.ContainsFunc(requests, func(r Row) bool { return r.RequesterHidden }) {
		return
	}
	for i := range events {
		if e := &events[i]; e.ActorKind == models.ActorPerson && e.ActorID != v.viewer {
			e.ActorID, e.ActorName = "", hiddenPerson
		}
	}
}

// overReview hides seller and author of a review on its own page from whoever had a hand in it as a moderator: holds or
// decided a ticket of it, held it, or asked for something.
func (v veil) overReview(c *Content) error {
	r := c.Review
	if !v.market.HidesParties(r.Rating) {
		return nil
	}
	hand, err := v.hand([]string{r.ID})
	if hand[r.ID] {
		c.hide()
	}
	return err
}

// overTicket hides seller and author on a ticket.
func (v veil) overTicket(t *TicketView) error {
	if !v.market.HidesParties(t.Content.Review.Rating) {
		return nil
	}
	lifted, err := v.lifted([]string{t.ID})
	if t.Lifted = lifted[t.ID]; err != nil || t.Lifted {
		return err
	}
	t.Content.hide()
	for i := range t.Others {
		t.Others[i] = models.Review{Rating: t.Others[i].Rating, Title: t.Others[i].Title, Body: t.Others[i].Body, PostedAt: t.Others[i].PostedAt,
			Status: t.Others[i].Status, ErasedAt: t.Others[i].ErasedAt}
	}
	return nil
}

// hide takes out of a review's surroundings who sells and who wrote, and what would tell: ids, the order, and figures that
// only one seller, product or author has.
func (c *Content) hide() {
	c.Hidden = true
	c.Seller, c.SellerStars, c.ProductStars = models.Seller{}, Stars{}, Stars{}
	c.Product = models.Product{Title: c.Product.Title, Category: c.Product.Category}
	c.Author.Customer, c.Author.Since = "", nil
	r := &c.Review
	r.ExternalID, r.OrderRef, r.SellerID, r.ProductID, r.CustomerID, r.HomeSellerID, r.HomeProductID = "", "", "", "", "", nil, nil
}
