package app

import (
	"context"

	"evenhand/models"
)

// Newest is the id of the newest entry of a marketplace's record: while it stays, nothing has happened there.
func (a *App) Newest(ctx context.Context, marketplace string) (string, error) {
	var ids []string
	err := a.DB.WithContext(ctx).Table("ledger_entries").Where("marketplace_id = ?", marketplace).
		Order("at DESC, id DESC").Limit(1).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return "", models.Translate(err)
	}
	return ids[0], nil
}

// What the navigation counts.
const (
	CountApprovals = "approvals"
	CountQuestions = "questions"
	CountAppeals   = "appeals"
	CountQueue     = "queue"
)

// Counts are how much waits for a person, by name. They are for showing: whether somebody has the right to a count is
// the caller's to know.
func (a *App) Counts(ctx context.Context, actor models.Actor, marketplace string, names []string) (map[string]int, error) {
	of := map[string]func(context.Context, models.Actor, string) (int, error){
		CountApprovals: a.Desk.Waiting, CountQuestions: a.Desk.Questions, CountAppeals: a.State.Mine, CountQueue: a.Desk.Drawable,
	}
	out := map[string]int{}
	for _, name := range names {
		n, err := of[name](ctx, actor, marketplace)
		if err != nil {
			return nil, err
		}
		out[name] = n
	}
	return out, nil
}
