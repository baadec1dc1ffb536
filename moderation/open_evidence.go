package moderation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// actLook is a look at what is behind evidence by somebody who doesn't decide on it.
const actLook = "evidence.read"

// Behind says whether there is something behind a piece, to be shown on its own: files and other reviews. Words,
// references and what a look-up found stand on the request's page in full.
func (e Evidence) Behind() bool { return e.Kind == EvidenceFile || e.Kind == EvidenceReviews }

// Exhibit is what is behind one piece of evidence.
type Exhibit struct {
	Evidence
	File    models.Attachment // of a file, with its content
	Content Content           // of another review, as it was when it was named
	Changed bool              // the review has changed since
}

// Exhibit shows what is behind a piece of a request's evidence, by its place in the request, to who may see the request.
// Who decides on it has to have opened it before; a look by anybody else is on record here.
func (d *Desk) Exhibit(ctx context.Context, actor models.Actor, marketplace, proposal string, n int) (Exhibit, error) {
	v, err := d.Proposal(ctx, actor, marketplace, proposal)
	if err != nil {
		return Exhibit{}, err
	}
	if n < 0 || n >= len(v.Removal.Evidence) || !v.Removal.Evidence[n].Behind() {
		return Exhibit{}, models.E(models.NotFound, "no_evidence", "This request has no such piece of evidence.")
	}
	out := Exhibit{Evidence: v.Removal.Evidence[n]}
	db := d.db.WithContext(ctx)
	opened, err := openedBy(db, marketplace, proposal, actor.ID)
	if err != nil {
		return out, models.Translate(err)
	}
	if v.State == models.ProposalOpen && !slices.Contains(opened, n) && d.Bar(ctx, actor, v.Row) == nil && d.mayDecide(db, actor, v) {
		return out, models.E(models.Policy, "evidence_unopened", "Open this piece from the request's page first.")
	}
	if out.Kind == EvidenceFile {
		out.File, err = sameFile(db, marketplace, proposal, out.Evidence)
	} else {
		err = out.readReview(db, marketplace)
	}
	if v.PartiesHidden {
		out.Content.hide()
	}
	if err != nil || slices.Contains(opened, n) {
		return out, err
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: actLook, SubjectType: "evidence", SubjectID: proposal}
	entry.Set("item", n)
	entry.Set("kind", out.Kind)
	entry.Set("evidence", out.Value)
	return out, d.ledger.Act(ctx, actor, entry, func(*gorm.DB) error { return nil })
}

// mayDecide says whether somebody has the right to approve this request.
func (d *Desk) mayDecide(db *gorm.DB, actor models.Actor, v ProposalView) bool {
	rights, err := d.rights.View(db)
	if err != nil {
		return true
	}
	may, err := mayApprove(rights, v.Proposal, actor.ID)
	return err != nil || may
}

// sameFile reads a file whose bytes are those that the request commits to.
func sameFile(db *gorm.DB, marketplace, proposal string, e Evidence) (models.Attachment, error) {
	var a models.Attachment
	err := db.Where("marketplace_id = ? AND id = ? AND proposal_id = ?", marketplace, e.Value, proposal).Take(&a).Error
	if err = models.Translate(err); err != nil {
		return a, err
	}
	if sum := sha256.Sum256(a.Content); hex.EncodeToString(sum[:]) != e.SHA256 {
		return a, models.E(models.Conflict, "file_changed", "This isn't the file that the request rests on: its digest differs. Tell an auditor.")
	}
	return a, nil
}

// readReview reads another review in the version in which it was named.
func (o *Exhibit) readReview(db *gorm.DB, marketplace string) error {
	r, err := review(db, marketplace, o.Value)
	if err != nil {
		return err
	}
	if o.Version != 0 && o.Version != r.Version {
		var old models.ReviewVersion
		err := db.Where("marketplace_id = ? AND review_id = ? AND version = ?", marketplace, r.ID, o.Version).Take(&old).Error
		if err != nil {
			return models.Translate(err)
		}
		r.Title, r.Body, r.Rating, r.Version, r.PostedAt, r.Digest, o.Changed = old.Title, old.Body, old.Rating, old.Version, old.PostedAt, old.Digest, true
	}
	o.Content, err = content(db, r)
	return err
}

// filesUnchanged refuses an approval where a file isn't the one that the request commits to.
func filesUnchanged(b *models.Batch, ref approval.Ref) func(Removal) error {
	files := models.Read[models.Attachment](b, "SELECT id, content FROM attachments WHERE marketplace_id = ? AND proposal_id = ? FOR SHARE", ref.Marketplace, ref.ID)
	return func(asked Removal) error {
		sums := map[string]string{}
		for _, a := range files.All {
			sum := sha256.Sum256(a.Content)
			sums[a.ID] = hex.EncodeToString(sum[:])
		}
		for _, e := range asked.Evidence {
			if e.Kind == EvidenceFile && sums[e.Value] != e.SHA256 {
				return models.E(models.Conflict, "file_changed", "A file isn't the one that the request rests on any more. Nothing was changed; tell an auditor.")
			}
		}
		return nil
	}
}

// OwnFile is a file that somebody has uploaded and not sent yet, for themselves to look at.
func (d *Desk) OwnFile(ctx context.Context, actor models.Actor, marketplace, ticket, id string) (models.Attachment, error) {
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "removal"}, "request", "attachment", id); err != nil {
		return models.Attachment{}, err
	}
	a, err := ownFile(d.db.WithContext(ctx), actor, marketplace, ticket, id)
	if err != nil {
		return a, err
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: actLook, SubjectType: "attachment", SubjectID: id}
	return a, d.ledger.Act(ctx, actor, entry, func(*gorm.DB) error { return nil })
}

func ownFile(db *gorm.DB, actor models.Actor, marketplace, ticket, id string) (models.Attachment, error) {
	var a models.Attachment
	err := models.Translate(db.Where("marketplace_id = ? AND id = ? AND ticket_id = ? AND uploader_id = ? AND swept_at IS NULL AND erased_at IS NULL",
		marketplace, id, ticket, actor.ID).Take(&a).Error)
	if models.IsKind(err, models.NotFound) {
		err = models.E(models.NotFound, "no_file", "There is no such file of yours on this ticket.")
	}
	return a, err
}
