package statement

import (
	"bytes"
	"context"
	"strconv"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// Checks tie statements, appeals, draws and answers to their entries, and find an answer by somebody who touched the case.
// Seals and links can be held only against the key that made them.
func (x *Statements) Checks(seals bool) []ledger.Check {
	return []ledger.Check{
		x.statements(seals).Check(), appeals.Check(), appealDraws.Check(), x.answers(seals).Check(),
		ledger.NoRow("proposals", "took effect and has no statement of reasons", `
			SELECT p.id FROM proposals p JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id
			 WHERE p.kind = 'review.remove' AND p.state = 'effective' AND q.reason_code <> 'AUTHOR_WITHDREW' AND p.decided_at > (SELECT min(created_at) FROM statements)
			   AND NOT EXISTS (SELECT 1 FROM statements s WHERE s.marketplace_id = p.marketplace_id AND s.proposal_id = p.id)`),
		ledger.NoRow("statements", "is of no removal that took effect, or of one that its author asked for", `
			SELECT s.id FROM statements s WHERE NOT EXISTS (SELECT 1 FROM proposals p JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id
				WHERE p.marketplace_id = s.marketplace_id AND p.id = s.proposal_id AND p.state = 'effective' AND p.decided_at = s.created_at
				  AND q.review_id = s.review_id AND q.reason_code <> 'AUTHOR_WITHDREW')`),
		ledger.NoRow("appeals", "was filed when the time for it was over, or against another removal", `
			SELECT a.id FROM appeals a WHERE NOT EXISTS (SELECT 1 FROM statements s WHERE s.marketplace_id = a.marketplace_id AND s.id = a.statement_id
				AND s.proposal_id = a.proposal_id AND s.review_id = a.review_id AND a.filed_at >= s.created_at AND a.filed_at < s.appeal_until)`),
		ledger.NoRow("appeal_draws", "isn't the next draw for its appeal: one before it is missing", `
			SELECT w.id FROM appeal_draws w WHERE w.n > 0 AND NOT EXISTS (
				SELECT 1 FROM appeal_draws v WHERE v.marketplace_id = w.marketplace_id AND v.appeal_id = w.appeal_id AND v.n = w.n - 1)`),
		ledger.NoRow("appeal_answers", "is by somebody who wasn't drawn for the appeal", `
			SELECT y.id FROM appeal_answers y WHERE NOT EXISTS (SELECT 1 FROM appeal_draws w WHERE w.marketplace_id = y.marketplace_id AND w.appeal_id = y.appeal_id
				AND w.person_id = y.person_id AND w.drawn_at <= y.answered_at AND (w.ended_at IS NULL OR w.ended_at >= y.answered_at))`),
		ledger.NoRow("appeal_answers", "reverses a removal that stands", `
			SELECT y.id FROM appeal_answers y JOIN appeals a ON a.marketplace_id = y.marketplace_id AND a.id = y.appeal_id
			 WHERE y.verdict = 'reverse' AND NOT EXISTS (SELECT 1 FROM restorations b WHERE b.marketplace_id = a.marketplace_id AND b.proposal_id = a.proposal_id)`),
		ledger.NoRow("restorations", "is on an appeal that nobody answered so", `
			SELECT b.id FROM restorations b WHERE b.appeal_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM appeal_answers y JOIN appeals a ON a.marketplace_id = y.marketplace_id AND a.id = y.appeal_id
				WHERE y.marketplace_id = b.marketplace_id AND y.appeal_id = b.appeal_id AND y.verdict = 'reverse' AND y.person_id = b.staff_id AND a.proposal_id = b.proposal_id)`),
		ledger.NoRow("restorations", "publishes what its author took back", `
			SELECT b.id FROM restorations b JOIN removal_requests q ON q.marketplace_id = b.marketplace_id AND q.proposal_id = b.proposal_id AND q.reason_code = 'AUTHOR_WITHDREW'`),
		{Name: "appeal_answers", Run: checkTouched},
		{Name: "appeal_draws", Run: checkEnds},
		{Name: "appeal_draws", Run: x.checkLots},
	}
}

func (x *Statements) statements(seals bool) ledger.Explained {
	return ledger.Explained{
		Table: "statements", Acts: []string{actMake},
		Columns: "t.marketplace_id, t.id, t.proposal_id, t.review_id, t.review_version, t.token_hash, t.form, t.appeal_until, t.created_at",
		Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
			s := &models.Statement{}
			columns := []any{&s.MarketplaceID, &s.ID, &s.ProposalID, &s.ReviewID, &s.ReviewVersion, &s.TokenHash, &s.Form, &s.AppealUntil, &s.CreatedAt}
			return columns, func(p *ledger.Print) string {
					if seals && !bytes.Equal(s.TokenHash, x.keys.hash(x.keys.token(s.ID))) {
						return "statement " + s.ID + " opens by another link than this installation's"
					}
					p.Text(s.MarketplaceID)
					p.Text(making.ID)
					p.Text(s.ReviewID)
					p.Time(s.CreatedAt)
					p.Text(s.ProposalID)
					p.Int(s.ReviewVersion)
					p.Hex(s.TokenHash)
					p.Int(s.Form)
					p.Int(int(s.AppealUntil.UnixMicro()))
					return ""
				}, func(p *ledger.Print, e *ledger.Said) {
					says(p, e)
					p.Said(e, "proposal", "review_version", "link", "form", "until")
				}
		},
	}
}

// says is what nearly every entry says of its row: where, by whom, on what and when.
func says(p *ledger.Print, e *ledger.Said) {
	p.Text(e.MarketplaceID)
	p.Text(e.ActorID)
	p.Text(e.SubjectID)
	p.Time(e.At)
}

// unfit says that words aren't those that a digest commits to, or that they are gone without an erasure.
func unfit(table, id, words string, salt, digest []byte, erased bool) string {
	if erased {
		if words != "" || len(salt) > 0 {
			return table + " " + id + " was erased, and yet has words"
		}
		return ""
	}
	want, err := ledger.Commit(salt, words)
	if err != nil || !bytes.Equal(want, digest) {
		return table + " " + id + " was changed: its digest doesn't fit its words"
	}
	return ""
}

var appeals = ledger.Explained{
	Table: "appeals", Acts: []string{actFile},
	Columns: "t.marketplace_id, t.id, t.statement_id, t.proposal_id, t.review_id, t.wrong, t.words, t.salt, t.digest, t.filed_at, t.due_at, t.erased_at",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		a := &models.Appeal{}
		columns := []any{&a.MarketplaceID, &a.ID, &a.StatementID, &a.ProposalID, &a.ReviewID, &a.Wrong, &a.Words, &a.Salt, &a.Digest, &a.FiledAt, &a.DueAt, &a.ErasedAt}
		return columns, func(p *ledger.Print) string {
				if finding := unfit("appeal", a.ID, a.Words, a.Salt, a.Digest, a.ErasedAt != nil); finding != "" {
					return finding
				}
				p.Text(models.ActorAuthor)
				p.Text(a.MarketplaceID)
				p.Text(a.StatementID)
				p.Text(a.ReviewID)
				p.Time(a.FiledAt)
				p.Text(a.ProposalID)
				p.Text(a.Wrong)
				p.Hex(a.Digest)
				p.Int(int(a.DueAt.UnixMicro()))
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				p.Text(e.ActorKind)
				says(p, e)
				p.Said(e, "proposal", "wrong", "digest", "due")
			}
	},
}

func (x *Statements) answers(seals bool) ledger.Explained {
	return ledger.Explained{
		Table: "appeal_answers", Acts: []string{actReply},
		Columns: "t.marketplace_id, t.id, t.appeal_id, t.review_id, t.person_id, t.verdict, t.words, t.salt, t.digest, t.seal, t.answered_at, t.erased_at",
		Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
			a := &models.AppealAnswer{}
			columns := []any{&a.MarketplaceID, &a.ID, &a.AppealID, &a.ReviewID, &a.PersonID, &a.Verdict, &a.Words, &a.Salt, &a.Digest, &a.Seal, &a.AnsweredAt, &a.ErasedAt}
			return columns, func(p *ledger.Print) string {
					if seals && !x.keys.sealed(*a) {
						return "answer " + a.ID + " carries no valid seal: it wasn't given through this installation, or was changed since"
					}
					if finding := unfit("answer", a.ID, a.Words, a.Salt, a.Digest, a.ErasedAt != nil); finding != "" {
						return finding
					}
					p.Text(a.MarketplaceID)
					p.Text(a.PersonID)
					p.Text(a.AppealID)
					p.Time(a.AnsweredAt)
					p.Text(a.ReviewID)
					p.Text(a.Verdict)
					p.Hex(a.Digest)
					return ""
				}, func(p *ledger.Print, e *ledger.Said) {
					says(p, e)
					p.Said(e, "review", "verdict", "digest")
				}
		},
	}
}

var appealDraws = ledger.Explained{
	Table: "appeal_draws", Acts: []string{actDraw},
	Columns: "t.marketplace_id, t.appeal_id, t.person_id, t.n, t.period, t.pool, t.drawn_at",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		w := &models.AppealDraw{}
		return []any{&w.MarketplaceID, &w.AppealID, &w.PersonID, &w.N, &w.Period, &w.Pool, &w.DrawnAt}, func(p *ledger.Print) string {
				p.Text(w.MarketplaceID)
				p.Text(drawing.ID)
				p.Text(w.AppealID)
				p.Time(w.DrawnAt)
				p.Text(w.PersonID)
				p.Int(w.N)
				p.Text(w.Period)
				p.Hex(digestOf(w.Pool))
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				says(p, e)
				p.Said(e, "person", "n", "period", "pool_digest")
			}
	},
}

// checkTouched names an answer by somebody who had touched the case by then, or had an interest in its seller.
func checkTouched(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB { return db.Table("appeal_answers") }
	return ledger.Compare(db, query, func(a models.AppealAnswer) string { return a.ID }, "id", func(a models.AppealAnswer) (string, error) {
		var n int
		err := db.Raw("SELECT count(*) - 1 - (SELECT count(*) FROM restorations b WHERE b.marketplace_id = @market AND b.appeal_id = @appeal AND b.staff_id = @who) FROM ("+
			touches+") z WHERE z.person = @who AND z.at <= @at", // but for the answer itself, and what it restored
			map[string]any{"market": a.MarketplaceID, "review": a.ReviewID, "appeal": a.AppealID, "who": a.PersonID, "at": a.AnsweredAt}).Scan(&n).Error
		if err != nil || n > 0 {
			return "answer " + a.ID + " is by somebody who had touched the case", err
		}
		err = db.Raw(`SELECT count(*) FROM interests i JOIN reviews r ON r.marketplace_id = i.marketplace_id AND r.seller_id = i.seller_id
			WHERE r.marketplace_id = ? AND r.id = ? AND i.staff_id = ? AND i.declared_at <= ? AND (i.ended_at IS NULL OR i.ended_at > ?)`,
			a.MarketplaceID, a.ReviewID, a.PersonID, a.AnsweredAt, a.AnsweredAt).Scan(&n).Error
		if n > 0 {
			return "answer " + a.ID + " is by somebody with an interest in the seller", err
		}
		return "", err
	})
}

// checkEnds ties each appeal that was taken away from somebody to its entry, and each such entry to it.
func checkEnds(_ context.Context, db *gorm.DB) (string, error) {
	ended := map[string]models.AppealDraw{}
	var rows []models.AppealDraw
	if err := db.Where("ended_at IS NOT NULL").Find(&rows).Error; err != nil {
		return "", err
	}
	for _, w := range rows {
		ended[w.ID] = w
	}
	query := func(db *gorm.DB) *gorm.DB {
		return db.Table("ledger_entries").Where("act = ? AND outcome = ?", actEnd, models.OutcomeDone)
	}
	finding, err := ledger.Compare(db, query, func(e models.LedgerEntry) string { return e.ID }, "id", func(e models.LedgerEntry) (string, error) {
		b, err := ledger.ParseBody(e.Body)
		if err != nil {
			return "", err
		}
		id, _ := b.Data["draw"].(string)
		w, ok := ended[id]
		if !ok || !w.EndedAt.Equal(e.At) || *w.EndedWhy != b.Data["reason"] || w.PersonID != b.Data["person"] || w.AppealID != e.SubjectID {
			return "entry " + e.ID + " takes an appeal away that isn't as it says", nil
		}
		delete(ended, id)
		return "", nil
	})
	for id := range ended {
		if finding == "" && err == nil {
			finding = "row " + id + " of appeal_draws was ended, which no entry explains"
		}
	}
	return finding, err
}

// checkLots draws again who was drawn, where the day's seed has been revealed.
func (x *Statements) checkLots(_ context.Context, db *gorm.DB) (string, error) {
	type drawn struct {
		models.AppealDraw
		Seed []byte
	}
	query := func(db *gorm.DB) *gorm.DB {
		return db.Table("appeal_draws w").Select("w.*, s.seed").Joins("JOIN draw_seeds s ON s.marketplace_id = w.marketplace_id AND s.period = w.period AND s.seed IS NOT NULL")
	}
	return ledger.Compare(db, query, func(w drawn) string { return w.ID }, "w.id", func(w drawn) (string, error) {
		pool, err := ledger.ParseStrings(w.Pool)
		if err != nil || len(pool) == 0 {
			return "row " + w.ID + " of appeal_draws has no pool that can be read", nil //nolint:nilerr // the finding says it
		}
		i, err := x.desk.Place(w.Seed, w.AppealID, w.N, len(pool))
		if err != nil || pool[i] == w.PersonID {
			return "", err
		}
		return "row " + w.ID + " of appeal_draws isn't what the seed gives: place " + strconv.Itoa(i) + " of its pool was to be drawn", nil
	})
}
