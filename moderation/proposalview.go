package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/models"
	"evenhand/rbac"
)

// ProposalView is a request as those who may read it see it: the review as it stood, and what would change.
type ProposalView struct {
	Row
	Removal  Removal
	Reason   Reason
	Content  Content // Review holds the text as it stood
	Now      models.Review
	Known    Known
	Restored *models.Restoration

	FileNames map[string]string // by the files' ids
	To        struct {          // of a move
		Product models.Product
		Seller  models.Seller
	}
}

// Known is what the record says of a requester and a seller, and of everybody else and this seller.
type Known struct {
	PairDecisions, PairAsked     int
	OthersDecisions, OthersAsked int
	RequesterAsked               int // removals asked by this requester, any seller
	RequesterDeclined            int // of which an approver declined
}

// Proposal shows a request for a removal. Approvers and auditors may read all of a marketplace, moderators their own.
func (d *Desk) Proposal(ctx context.Context, actor models.Actor, marketplace, id string) (ProposalView, error) {
	db := d.db.WithContext(ctx)
	var v ProposalView
	var found []Row
	if err := rows(db, marketplace).Where("q.proposal_id = ?", id).Limit(1).Find(&found).Error; err != nil {
		return v, models.Translate(err)
	}
	if len(found) == 0 {
		return v, models.E(models.NotFound, "no_proposal", "There is no such request in marketplace %s.", marketplace)
	}
	act := "read"
	if found[0].RequesterID == actor.ID {
		if ok, err := d.rights.Can(db, actor.ID, marketplace, rbac.Object{Kind: "removal"}, "read-own"); err != nil {
			return v, err
		} else if ok {
			act = "read-own"
		}
	}
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "removal"}, act, "proposal", id); err != nil {
		return v, err
	}
	if err := approval.AddVerdicts(d.engine, db, found); err != nil {
		return v, err
	}
	veil, err := d.veilOf(db, actor, marketplace)
	if err != nil {
		return v, err
	}
	if err := veil.overRows(found); err != nil {
		return v, err
	}
	v.Row = found[0]
	if err := d.fill(ctx, db, &v); err != nil {
		return v, err
	}
	if v.PartiesHidden { // the figures about the requester and one seller would tell which one
		v.Content.hide()
		v.Known, v.To.Product.ExternalID, v.To.Seller = Known{}, "", models.Seller{}
	}
	return v, nil
}

func (d *Desk) fill(ctx context.Context, db *gorm.DB, v *ProposalView) error {
	var err error
	if v.Removal, err = ParseRemoval(v.Proposal); err != nil {
		return err
	}
	if v.Reason, err = d.ReasonAt(ctx, v.ReasonCode, v.ReasonVersion); err != nil {
		return err
	}
	if v.Now, err = review(db, v.MarketplaceID, v.ReviewID); err != nil {
		return err
	}
	asked := v.Now
	asked.Title, asked.Body, asked.Rating, asked.Version = v.Title, v.Body, v.Rating, v.SubjectVersion
	if v.Content, err = content(db, asked); err != nil {
		return err
	}
	if v.Known, err = known(db, v.Row); err != nil {
		return err
	}
	if err := v.more(db); err != nil {
		return err
	}
	var undone []models.Restoration
	err = db.Where("marketplace_id = ? AND proposal_id = ?", v.MarketplaceID, v.ID).Limit(1).Find(&undone).Error
	if len(undone) > 0 {
		v.Restored = &undone[0]
	}
	return models.Translate(err)
}

// more reads the names of the request's files, and where a move goes.
func (v *ProposalView) more(db *gorm.DB) error {
	var files []models.Attachment
	if err := db.Select("id", "name").Where("marketplace_id = ? AND proposal_id = ?", v.MarketplaceID, v.ID).Find(&files).Error; err != nil {
		return models.Translate(err)
	}
	v.FileNames = map[string]string{}
	for _, f := range files {
		v.FileNames[f.ID] = f.Name
	}
	if v.Removal.ToProduct == "" {
		return nil
	}
	err := db.Where("marketplace_id = ? AND id = ?", v.MarketplaceID, v.Removal.ToProduct).Take(&v.To.Product).Error
	if err == nil {
		err = db.Where("marketplace_id = ? AND id = ?", v.MarketplaceID, v.Removal.ToSeller).Take(&v.To.Seller).Error
	}
	return models.Translate(err)
}

// knownSince is how far back the figures about a pair reach.
const knownSince = 180 * 24 * time.Hour

func known(db *gorm.DB, r Row) (Known, error) {
	var k Known
	since := r.CreatedAt.Add(-knownSince)
	err := db.Raw(`SELECT
			COALESCE(sum(CASE WHEN moderator_id = @who THEN 1 ELSE 0 END), 0) AS pair_decisions,
			COALESCE(sum(CASE WHEN moderator_id = @who AND action = 'remove' THEN 1 ELSE 0 END), 0) AS pair_asked,
			COALESCE(sum(CASE WHEN moderator_id <> @who THEN 1 ELSE 0 END), 0) AS others_decisions,
			COALESCE(sum(CASE WHEN moderator_id <> @who AND action = 'remove' THEN 1 ELSE 0 END), 0) AS others_asked
		FROM decisions WHERE marketplace_id = @market AND seller_id = @seller AND decided_at >= @since`,
		map[string]any{"who": r.RequesterID, "market": r.MarketplaceID, "seller": r.SellerID, "since": since}).Scan(&k).Error
	if err != nil {
		return k, models.Translate(err)
	}
	var asked struct{ Asked, Declined int }
	err = db.Raw(`SELECT count(*) AS asked, COALESCE(sum(CASE WHEN p.state = 'declined' THEN 1 ELSE 0 END), 0) AS declined
		FROM removal_requests q JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id
		WHERE q.marketplace_id = ? AND q.requester_id = ? AND q.remedy = 'remove' AND q.created_at >= ?`, r.MarketplaceID, r.RequesterID, since).Scan(&asked).Error
	k.RequesterAsked, k.RequesterDeclined = asked.Asked, asked.Declined
	return k, models.Translate(err)
}
