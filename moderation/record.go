package moderation

import (
	"context"
	"errors"

	"evenhand/ledger"
	"evenhand/models"
)

// onRecord passes err on, after recording it where it is the refusal of a look.
func (d *Desk) onRecord(ctx context.Context, actor models.Actor, marketplace, act, subjectType, subject string, err error) error {
	var refused *models.Error
	if !errors.As(err, &refused) || !refused.Refusal() {
		return models.Translate(err)
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: act, SubjectType: subjectType, SubjectID: subject}
	return d.ledger.Refused(ctx, actor, entry, refused)
}
