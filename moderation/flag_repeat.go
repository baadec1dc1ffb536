package moderation

import (
	"time"

	"evenhand/models"
)

// settled finds, for reviews that have no live ticket, the one on which somebody has decided lately, as the text stands.
// What was decided and then undone isn't settled.
func (f *flagging) settled(reports []models.Flagged) (map[string]string, error) {
	version := map[string]int{}
	var ids []string
	for _, r := range reports {
		if f.live[r.Review.ID] == "" {
			ids, version[r.Review.ID] = append(ids, r.Review.ID), r.Review.Version
		}
	}
	out := map[string]string{}
	if len(ids) == 0 || f.rules.set.RepeatDays == 0 {
		return out, nil
	}
	var decided []struct {
		models.Decision
		Undone bool
	}
	since := f.at.Add(-time.Duration(f.rules.set.RepeatDays) * 24 * time.Hour)
	err := f.tx.Table("decisions d").Select("d.review_id, d.review_version, d.ticket_id, x.id IS NOT NULL OR COALESCE(p.state, '') IN ('void', 'withdrawn') AS undone").
		Joins("LEFT JOIN restorations x ON x.marketplace_id = d.marketplace_id AND x.proposal_id = d.proposal_id").
		Joins("LEFT JOIN proposals p ON p.marketplace_id = d.marketplace_id AND p.id = d.proposal_id").
		Where("d.marketplace_id = ? AND d.review_id IN ? AND d.decided_at > ?", f.market, ids, since).Order("d.decided_at, d.id").Scan(&decided).Error
	if err != nil || len(decided) == 0 {
		return out, err
	}
	for _, x := range decided { // the last one stays
		if delete(out, x.ReviewID); x.ReviewVersion == version[x.ReviewID] && !x.Undone {
			out[x.ReviewID] = x.TicketID
		}
	}
	return f.flaggedLikewise(reports, out)
}

// flaggedLikewise leaves only tickets that had a flag of the same source as every flag now, on this text.
func (f *flagging) flaggedLikewise(reports []models.Flagged, decided map[string]string) (map[string]string, error) {
	tickets := make([]string, 0, len(decided))
	for _, t := range decided {
		tickets = append(tickets, t)
	}
	if len(tickets) == 0 {
		return decided, nil
	}
	var before []models.Flag
	err := f.tx.Select("ticket_id", "source", "review_version").Where("marketplace_id = ? AND ticket_id IN ?", f.market, tickets).Find(&before).Error
	had := map[models.Flag]bool{}
	for _, x := range before {
		had[models.Flag{TicketID: x.TicketID, Source: x.Source, ReviewVersion: x.ReviewVersion}] = true
	}
	for _, r := range reports {
		if t := decided[r.Review.ID]; !had[models.Flag{TicketID: t, Source: r.Source, ReviewVersion: r.Review.Version}] {
			delete(decided, r.Review.ID)
		}
	}
	return decided, err
}

// repeats says that a flag says nothing that somebody hasn't decided on already.
func (f *flagging) repeats(r models.Flagged) bool { return f.done[r.Review.ID] != "" }
