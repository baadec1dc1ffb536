package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Content is a review with what a person needs to judge it.
type Content struct {
	Review       models.Review
	Product      models.Product
	Seller       models.Seller
	SellerStars  Stars
	ProductStars Stars
	Author       AuthorFigures
	EditedAt     time.Time // zero: never edited
	Hidden       bool      // who sells and who wrote isn't here
}

// AuthorFigures are what is known of an author: no name, only counts.
type AuthorFigures struct {
	Customer string
	Reviews  int
	Removed  int
	Since    *time.Time
}

// TicketView is a ticket as its holder sees it.
type TicketView struct {
	models.Ticket
	Content  Content
	Flags    []models.Flag
	Others   []models.Review // by the same author on the same product, at most 10
	Proposal *models.Proposal
	Lifted   bool // the viewer has had shown who sells and who wrote
}

// Ticket shows a ticket to the moderator who holds it, or who had it last or decided it. To anybody else it is
// refused, and the attempt is on record: nobody opens a review that no draw gave them.
func (d *Desk) Ticket(ctx context.Context, actor models.Actor, marketplace, id string) (TicketView, error) {
	db := d.db.WithContext(ctx)
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "ticket"}, "decide", "ticket", id); err != nil {
		return TicketView{}, err
	}
	var v TicketView
	if err := models.Translate(db.Where("marketplace_id = ? AND id = ?", marketplace, id).Take(&v.Ticket).Error); err != nil {
		if models.IsKind(err, models.NotFound) {
			err = notHeld(db, marketplace, id)
		}
		return v, err
	}
	if err := d.mine(db, actor, v.Ticket); err != nil {
		entry := &ledger.Entry{Marketplace: marketplace, Act: "ticket.open", SubjectType: "ticket", SubjectID: id}
		return v, d.ledger.OnRecord(ctx, actor, entry, err)
	}
	r, err := review(db, marketplace, v.ReviewID)
	if err != nil {
		return v, err
	}
	if v.Content, err = content(db, r); err != nil {
		return v, err
	}
	if v.IsLook() && v.Content.Review.Status == models.ReviewRemoved {
		v.Content.Review.Status = models.ReviewPublished // as the first moderator saw it
	}
	if err := d.around(db, &v); err != nil {
		return v, err
	}
	veil, err := d.veilOf(db, actor, marketplace)
	if err != nil {
		return v, err
	}
	return v, veil.overTicket(&v)
}

// mine refuses a ticket that this moderator neither holds nor decided.
func (d *Desk) mine(db *gorm.DB, actor models.Actor, t models.Ticket) error {
	if t.LeaseHolderID != nil && *t.LeaseHolderID == actor.ID {
		return nil
	}
	var n int64
	err := db.Model(&models.Decision{}).Where("marketplace_id = ? AND ticket_id = ? AND moderator_id = ?", t.MarketplaceID, t.ID, actor.ID).Count(&n).Error
	if err != nil || n > 0 {
		return models.Translate(err)
	}
	if t.LeaseHolderID != nil {
		return models.E(models.Forbidden, "lease_taken", "Somebody else has this ticket. Take the next one from the desk.")
	}
	return models.E(models.Forbidden, "not_drawn", "This ticket wasn't drawn for you. Tickets come from the desk, one at a time.")
}

// around reads what stands beside the review on a ticket.
func (d *Desk) around(db *gorm.DB, v *TicketView) error {
	r := v.Content.Review
	flagged, err := flaggedAs(db, v.Ticket)
	if err != nil {
		return models.Translate(err)
	}
	if err := db.Where("marketplace_id = ? AND ticket_id = ?", v.MarketplaceID, flagged).Order("created_at, id").Limit(mostFlags).Find(&v.Flags).Error; err != nil {
		return models.Translate(err)
	}
	err = db.Where("marketplace_id = ? AND customer_id = ? AND product_id = ? AND id <> ?", r.MarketplaceID, r.CustomerID, r.ProductID, r.ID).
		Order("posted_at DESC").Limit(10).Find(&v.Others).Error
	if err != nil {
		return models.Translate(err)
	}
	var p []models.Proposal
	err = db.Where("marketplace_id = ? AND id IN (SELECT proposal_id FROM removal_requests WHERE marketplace_id = ? AND review_id = ? AND ticket_id = ?)",
		v.MarketplaceID, v.MarketplaceID, r.ID, v.ID).Order("created_at DESC").Limit(1).Find(&p).Error
	if len(p) > 0 {
		v.Proposal = &p[0]
	}
	return models.Translate(err)
}

// flaggedAs is the ticket whose flags belong to a ticket: of a second look, that which the first moderator decided on.
func flaggedAs(db *gorm.DB, t models.Ticket) (string, error) {
	if !t.IsLook() {
		return t.ID, nil
	}
	var first models.Decision
	err := db.Select("ticket_id").Where("marketplace_id = ? AND id = ?", t.MarketplaceID, *t.LookOf).Take(&first).Error
	return first.TicketID, err
}

// content reads what is shown with a review everywhere.
func content(db *gorm.DB, r models.Review) (Content, error) {
	c := Content{Review: r}
	if err := db.Where("marketplace_id = ? AND id = ?", r.MarketplaceID, r.ProductID).Take(&c.Product).Error; err != nil {
		return c, models.Translate(err)
	}
	if err := db.Where("marketplace_id = ? AND id = ?", r.MarketplaceID, r.SellerID).Take(&c.Seller).Error; err != nil {
		return c, models.Translate(err)
	}
	sellers, err := starsBy(db, "seller_id", r.MarketplaceID, []string{r.SellerID})
	if err != nil {
		return c, err
	}
	c.SellerStars = sellers[r.SellerID]
	products, err := starsBy(db, "product_id", r.MarketplaceID, []string{r.ProductID})
	if err != nil {
		return c, err
	}
	c.ProductStars = products[r.ProductID]
	if r.Version > 1 {
		c.EditedAt = r.UpdatedAt
	}
	c.Author, err = author(db, r)
	return c, err
}

func author(db *gorm.DB, r models.Review) (AuthorFigures, error) {
	a := AuthorFigures{Customer: r.CustomerID}
	var byStatus []struct {
		Status string
		N      int
	}
	mine := db.Model(&models.Review{}).Where("marketplace_id = ? AND customer_id = ?", r.MarketplaceID, r.CustomerID)
	if err := mine.Session(&gorm.Session{}).Select("status, count(*) AS n").Group("status").Find(&byStatus).Error; err != nil {
		return a, models.Translate(err)
	}
	for _, s := range byStatus {
		a.Reviews += s.N
		if s.Status == models.ReviewRemoved {
			a.Removed = s.N
		}
	}
	var first models.Review
	err := mine.Session(&gorm.Session{}).Select("posted_at").Order("posted_at").Limit(1).Find(&first).Error
	a.Since = &first.PostedAt
	return a, models.Translate(err)
}
