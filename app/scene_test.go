package app_test

import (
	"context"
	"encoding/hex"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app"
	"evenhand/app/apptest"
	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/moderation"
	"evenhand/staff"
)

// capitals is an id as PostgreSQL would read it too.
func capitals(id string) string { return strings.ToUpper(id) }

// email is that of a person whom apptest made.
func email(a models.Actor) string { return a.Name + "@example.test" }

func (s *scene) grant(t *testing.T, to models.Actor, role, marketplace string) {
	t.Helper()
	_, err := s.Staff.Grant(t.Context(), models.Command("staff"), staff.NewGrant{Email: email(to), Role: role, Marketplace: marketplace})
	must(t, err)
}

func (s *scene) revoke(t *testing.T, from models.Actor, role string) {
	t.Helper()
	_, err := s.Staff.Revoke(t.Context(), models.Command("staff"), email(from), role, apptest.Market)
	must(t, err)
}

func (s *scene) declareInterest(t *testing.T, who models.Actor) {
	t.Helper()
	_, err := s.Staff.DeclareInterest(t.Context(), who, staff.NewInterest{
		Marketplace: apptest.Market, Seller: s.Seller.ExternalID, Relation: "relative", Note: "my sister's shop",
	})
	must(t, err)
}

// ask is the scene's request once more, as the form would send it.
func (s *scene) ask(t *testing.T) moderation.Ask {
	t.Helper()
	asked, err := moderation.ParseRemoval(s.p)
	must(t, err)
	return moderation.Ask{
		Marketplace: apptest.Market, Ticket: asked.Ticket, Seen: s.review.Digest, Reason: asked.Reason,
		Justification: asked.Justification, Evidence: asked.Evidence,
	}
}

func requestForTwo(id string, r models.Review, payload moderation.Removal) approval.Request {
	return approval.Request{
		Marketplace: apptest.Market, ID: id, Kind: models.KindRemoveReview, SubjectType: "review", SubjectID: r.ID,
		SubjectVersion: r.Version, Payload: payload, Quorum: 2, TTL: 72 * time.Hour,
	}
}

// writeForTwo writes what package moderation writes beside a proposal.
func (s *scene) writeForTwo(tx *gorm.DB, entry *ledger.Entry, tk models.Ticket, asked moderation.Removal) error {
	for key, value := range map[string]any{
		"reason": asked.Reason, "ticket": tk.ID, "review": s.review.ID, "review_version": s.review.Version,
		"reason_version": asked.ReasonVersion, "digest": hex.EncodeToString(s.p.Digest), "quorum": s.p.Quorum, "state": s.p.State,
		"decision": models.ActionRemove, "seller": tk.SellerID, "queue": tk.Queue, "rating": s.review.Rating,
		"assigned": models.AssignedRandom, "drawn": false,
	} {
		entry.Set(key, value)
	}
	entry.SubjectID = s.p.ID
	err := tx.Create(&models.RemovalRequest{
		MarketplaceID: apptest.Market, ProposalID: s.p.ID, ReviewID: s.review.ID, ReviewVersion: s.review.Version, SellerID: tk.SellerID,
		TicketID: tk.ID, RequesterID: s.asker.ID, ReasonCode: asked.Reason, ReasonVersion: asked.ReasonVersion, Rating: s.review.Rating,
		CreatedAt: s.p.CreatedAt,
	}).Error
	if err != nil {
		return err
	}
	err = tx.Create(&models.Decision{
		MarketplaceID: apptest.Market, ID: entry.ID, TicketID: tk.ID, ReviewID: s.review.ID, ReviewVersion: s.review.Version,
		SellerID: tk.SellerID, ModeratorID: s.asker.ID, Queue: tk.Queue, Rating: s.review.Rating, Action: models.ActionRemove,
		Assigned: models.AssignedRandom, ProposalID: &s.p.ID, DecidedAt: entry.At,
	}).Error
	if err != nil {
		return err
	}
	return tx.Model(&models.Ticket{}).Where("id = ?", tk.ID).
		Updates(map[string]any{"state": models.TicketWaiting, "lease_holder_id": nil, "lease_until": nil}).Error
}

// atOnce runs the functions at the same moment and returns their errors.
func atOnce(fns ...func() error) []error {
	errs := make([]error, len(fns))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, fn := range fns {
		wg.Go(func() {
			<-start
			errs[i] = fn()
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// raw runs a statement past the program, on the application's own connection, with the scene's ids as @names.
func (s *scene) raw(t *testing.T, statement string, extra map[string]any) error {
	t.Helper()
	return rawOn(t, s.DB.DB, s, statement, extra)
}

func rawOn(t *testing.T, db *gorm.DB, s *scene, statement string, extra map[string]any) error {
	t.Helper()
	args := map[string]any{
		"market": apptest.Market, "other": apptest.Other, "review": s.review.ID, "proposal": s.p.ID, "digest": s.p.Digest,
		"asker": s.asker.ID, "approver": s.approver.ID, "seller": s.Seller.ID, "id": models.NewID(), "now": s.Now(),
		"later": s.Now().Add(time.Hour), "bytes": []byte("sixteen bytes!!!"),
	}
	for k, v := range extra {
		args[k] = v
	}
	if !strings.Contains(statement, "@") {
		return db.WithContext(t.Context()).Exec(statement).Error
	}
	return db.WithContext(t.Context()).Exec(statement, args).Error
}

// secondInstance is another process on the same database.
func (s *scene) secondInstance(t *testing.T) *app.App {
	t.Helper()
	a, err := app.New(s.DB.DB, app.Options{SealKey: apptest.SealKey, Now: s.Clock.Now, Passwords: apptest.FastPasswords})
	must(t, err)
	return a
}

// flag has somebody report a review, as an import would.
func (s *scene) flag(t *testing.T, r models.Review) {
	t.Helper()
	must(t, s.tryFlag(t.Context(), r))
}

func (s *scene) tryFlag(ctx context.Context, r models.Review) error {
	entry := &ledger.Entry{Marketplace: apptest.Market, Act: "reviews.flag", SubjectType: "review", SubjectID: r.ID}
	return s.Ledger.Act(ctx, models.Command("import"), entry, func(tx *gorm.DB) error {
		_, err := s.Desk.Flag(tx, entry.At, []models.Flagged{{Review: r, Source: models.FlagSeller, Text: "not a customer"}})
		return err
	})
}

// secondRequest is the same moderator's request on another review.
func (s *scene) secondRequest(t *testing.T) models.Proposal {
	t.Helper()
	s.Review(t, s.Seller, 1)
	return s.Ask(t, s.asker)
}
