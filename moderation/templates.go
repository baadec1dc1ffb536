package moderation

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// The bounds of templates: how many somebody keeps in a marketplace and how many are shared there, and characters.
const (
	mostTemplates    = 30
	mostShared       = 60
	maxTemplateName  = 80
	maxTemplateText  = 2000
	mostOffered      = mostTemplates + mostShared
	objTemplate      = "template"
	actTemplateSave  = "template.save"
	actTemplateClear = "template.delete"
)

// TemplatePurposes are what templates are inserted into.
var TemplatePurposes = []string{models.PurposeJustification, models.PurposeNote, models.PurposeAnswer}

// NewTemplate is a template to be kept.
type NewTemplate struct {
	Marketplace, Purpose, Name, Text string
	Shared                           bool
}

// SaveTemplate keeps a text to insert. What is never a reason for a removal is refused here as it is in a justification.
func (d *Desk) SaveTemplate(ctx context.Context, actor models.Actor, n NewTemplate) (models.TextTemplate, error) {
	n.Name, n.Text = models.CleanText(n.Name), models.CleanText(n.Text)
	row := models.TextTemplate{MarketplaceID: n.Marketplace, OwnerID: actor.ID, Purpose: n.Purpose, Name: n.Name, Text: n.Text, Salt: ledger.NewSalt(), Shared: n.Shared}
	entry := &ledger.Entry{Marketplace: n.Marketplace, Act: actTemplateSave, SubjectType: "template"}
	err := d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPersonAlone(tx, actor); err != nil {
			return err
		}
		if err := d.mayTemplate(tx, actor, n.Marketplace, n.Shared); err != nil {
			return err
		}
		if err := n.check(); err != nil {
			return err
		}
		if err := roomFor(tx, actor, n); err != nil {
			return err
		}
		digest, err := templateDigest(row)
		if err != nil {
			return err
		}
		row.ID, row.CreatedAt, entry.SubjectID = entry.ID, entry.At, entry.ID
		entry.Set("purpose", n.Purpose)
		entry.Set("shared", n.Shared)
		entry.Set("text", digest)
		return tx.Create(&row).Error
	})
	return row, err
}

func (d *Desk) mayTemplate(tx *gorm.DB, actor models.Actor, marketplace string, shared bool) error {
	act := "keep"
	if shared {
		act = "share"
	}
	return d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: objTemplate}, act)
}

func (n NewTemplate) check() error {
	fields := map[string]string{}
	if !slices.Contains(TemplatePurposes, n.Purpose) {
		fields["purpose"] = "Choose what it is for."
	}
	if l := utf8.RuneCountInString(n.Name); l < 1 || l > maxTemplateName || !oneLine(n.Name) {
		fields["name"] = "Give it a name: one line of at most 80 characters."
	}
	if l := utf8.RuneCountInString(n.Text); l < 1 || l > maxTemplateText || !utf8.ValidString(n.Text) {
		fields["text"] = "Write a text of at most 2,000 characters."
	}
	if len(fields) > 0 {
		e := models.E(models.Invalid, "invalid_template", "The template can't be kept as it is.")
		e.Fields = fields
		return e
	}
	err := refuseNeverValid("", n.Text)
	var e *models.Error
	if errors.As(err, &e) {
		e.Fields = map[string]string{"text": e.Detail}
	}
	return err
}

func oneLine(s string) bool {
	return utf8.ValidString(s) && !slices.ContainsFunc([]rune(s), func(r rune) bool { return r < ' ' })
}

// roomFor makes sure that the bounds hold; the person is locked, so that two windows don't pass them together.
func roomFor(tx *gorm.DB, actor models.Actor, n NewTemplate) error {
	var own, shared int64
	if err := tx.Model(&models.TextTemplate{}).Where("marketplace_id = ? AND owner_id = ? AND NOT shared", n.Marketplace, actor.ID).Count(&own).Error; err != nil {
		return err
	}
	if err := tx.Model(&models.TextTemplate{}).Where("marketplace_id = ? AND shared", n.Marketplace).Count(&shared).Error; err != nil {
		return err
	}
	switch {
	case !n.Shared && own >= mostTemplates:
		return models.InvalidField("name", "You keep %d templates already; delete one first.", mostTemplates)
	case n.Shared && shared >= mostShared:
		return models.InvalidField("name", "%d templates are shared here already; delete one first.", mostShared)
	}
	return nil
}

// templateDigest is what the entry knows of a template's words.
func templateDigest(t models.TextTemplate) (string, error) {
	digest, err := ledger.Commit(t.Salt, map[string]any{"name": t.Name, "text": t.Text})
	return hex.EncodeToString(digest), err
}

// Templates lists somebody's own and those shared in the marketplace, for one purpose or for all, "".
func (d *Desk) Templates(ctx context.Context, actor models.Actor, marketplace, purpose string) ([]models.TextTemplate, error) {
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: objTemplate}, "keep", "marketplace", marketplace); err != nil {
		return nil, err
	}
	q := d.db.WithContext(ctx).Table("text_templates x").Select("x.*, s.name AS owner_name").Joins("JOIN staff s ON s.id = x.owner_id").
		Where("x.marketplace_id = ? AND (x.owner_id = ? OR x.shared)", marketplace, actor.ID)
	if purpose != "" {
		q = q.Where("x.purpose = ?", purpose)
	}
	var out []models.TextTemplate
	err := q.Order("x.shared, x.purpose, x.name, x.id").Limit(mostOffered).Find(&out).Error
	return out, models.Translate(err)
}

// DeleteTemplate forgets a template: one's own, or a shared one by who may share.
func (d *Desk) DeleteTemplate(ctx context.Context, actor models.Actor, marketplace, id string) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: actTemplateClear, SubjectType: "template", SubjectID: id}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.mayTemplate(tx, actor, marketplace, false); err != nil {
			return err
		}
		share, err := d.rights.Can(tx, actor.ID, marketplace, rbac.Object{Kind: objTemplate}, "share")
		if err != nil {
			return err
		}
		res := tx.Where("marketplace_id = ? AND id = ? AND (owner_id = ? OR (shared AND ?))", marketplace, id, actor.ID, share).Delete(&models.TextTemplate{})
		if res.Error == nil && res.RowsAffected == 0 {
			return models.E(models.NotFound, "no_template", "You keep no such template; somebody else's is theirs to delete.")
		}
		return res.Error
	})
}
