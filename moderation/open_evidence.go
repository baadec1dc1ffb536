package moderation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// actOpen is on record once for each person and piece.
const actOpen = "evidence.open"

// Opens says whether a piece has something behind it that an approver has to look at: files and other reviews. Words,
// references and what a look-up found stand on the request's page in full.
func (e Evidence) Opens() bool { return e.Kind == EvidenceFile || e.Kind == EvidenceReviews }

// Opened is one piece of evidence, opened.
type Opened struct {
	Evidence
	File    models.Attachment // of a file, with its content
	Content Content           // of another review, as it was when it was named
	Changed bool              // the review has changed since
}

// OpenEvidence shows one piece of a request's evidence, by its place in the request, to who may see the request, and
// puts on record that they opened it.
func (d *Desk) OpenEvidence(ctx context.Context, actor models.Actor, marketplace, proposal string, n int) (Opened, error) {
	v, err := d.Proposal(ctx, actor, marketplace, proposal)
	if err != nil {
		return Opened{}, err
	}
	none := models.E(models.NotFound, "no_evidence", "This request has no such piece of evidence.")
	if n < 0 || n >= len(v.Removal.Evidence) || !v.Removal.Evidence[n].Opens() {
		return Opened{}, none
	}
	out := Opened{Evidence: v.Removal.Evidence[n]}
	db := d.db.WithContext(ctx)
	if out.Kind == EvidenceFile {
		out.File, err = sameFile(db, marketplace, proposal, out.Evidence)
	} else {
		err = out.readReview(db, marketplace)
	}
	if err != nil {
		return out, err
	}
	seen, err := openedBy(db, proposal, actor.ID)
	if err != nil || seen[n] {
		return out, err
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: actOpen, SubjectType: "evidence", SubjectID: proposal}
	entry.Set("item", n)
	entry.Set("kind", out.Kind)
	entry.Set("evidence", out.Value)
	return out, d.ledger.Act(ctx, actor, entry, func(*gorm.DB) error { return nil })
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
func (o *Opened) readReview(db *gorm.DB, marketplace string) error {
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

// openedBy are the pieces of a request that somebody has opened, by their places.
func openedBy(db *gorm.DB, proposal, person string) (map[int]bool, error) {
	var bodies []string
	err := db.Raw(openings, proposal, person).Scan(&bodies).Error
	if err != nil {
		return nil, models.Translate(err)
	}
	return placesOf(bodies)
}

const openings = "SELECT body FROM ledger_entries WHERE subject_id = ? AND act = 'evidence.open' AND outcome = 'done' AND actor_id = ?"

func placesOf(bodies []string) (map[int]bool, error) {
	out := map[int]bool{}
	for _, body := range bodies {
		b, err := ledger.ParseBody(body)
		if err != nil {
			return nil, err
		}
		if n, ok := b.Data["item"].(float64); ok {
			out[int(n)] = true
		}
	}
	return out, nil
}

// hasOpened refuses an approval by somebody who hasn't opened each piece of evidence, and a file that isn't the one that
// the request commits to.
func hasOpened(b *models.Batch, ref approval.Ref, person string) func(models.Proposal) error {
	seen := models.Read[string](b, openings, ref.ID, person)
	files := models.Read[models.Attachment](b, "SELECT id, content FROM attachments WHERE marketplace_id = ? AND proposal_id = ? FOR SHARE", ref.Marketplace, ref.ID)
	return func(p models.Proposal) error {
		asked, err := ParseRemoval(p)
		if err != nil {
			return err
		}
		sums := map[string]string{}
		for _, a := range files.All {
			sum := sha256.Sum256(a.Content)
			sums[a.ID] = hex.EncodeToString(sum[:])
		}
		opened, err := placesOf(seen.All)
		if err != nil {
			return err
		}
		var missing []string
		for i, e := range asked.Evidence {
			if e.Kind == EvidenceFile && sums[e.Value] != e.SHA256 {
				return models.E(models.Conflict, "file_changed", "A file isn't the one that the request rests on any more. Nothing was changed; tell an auditor.")
			}
			if e.Opens() && !opened[i] {
				missing = append(missing, fmt.Sprintf("%d (%s)", i+1, evidenceWord[e.Kind]))
			}
		}
		if len(missing) == 0 {
			return nil
		}
		e := models.E(models.Invalid, "not_opened", "Open the evidence before you approve. You haven't opened: %s.", strings.Join(missing, ", "))
		e.Fields = map[string]string{"evidence": e.Detail}
		return e
	}
}

// OpenedBy are the pieces of a request that this person has opened, by their places, for its page.
func (d *Desk) OpenedBy(ctx context.Context, actor models.Actor, proposal string) (map[int]bool, error) {
	return openedBy(d.db.WithContext(ctx), proposal, actor.ID)
}

// OwnFile is a file that somebody has uploaded and not sent yet, for themselves to look at.
func (d *Desk) OwnFile(ctx context.Context, actor models.Actor, marketplace, ticket, id string) (models.Attachment, error) {
	var a models.Attachment
	db := d.db.WithContext(ctx)
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "removal"}, "request", "attachment", id); err != nil {
		return a, err
	}
	err := models.Translate(db.Where("marketplace_id = ? AND id = ? AND ticket_id = ? AND uploader_id = ? AND swept_at IS NULL AND erased_at IS NULL",
		marketplace, id, ticket, actor.ID).Take(&a).Error)
	if models.IsKind(err, models.NotFound) {
		err = models.E(models.NotFound, "no_file", "There is no such file of yours on this ticket.")
	}
	if err != nil {
		return a, err
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: actOpen, SubjectType: "attachment", SubjectID: id}
	return a, d.ledger.Act(ctx, actor, entry, func(*gorm.DB) error { return nil })
}
