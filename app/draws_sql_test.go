package app_test

import (
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func insertDraw(period, n string) string {
	return `INSERT INTO draws (marketplace_id, id, period, person_id, n, pool, attempts, ticket_id, drawn_at)
		SELECT marketplace_id, @id, ` + period + `, person_id, ` + n + `, pool, 0, ticket_id, drawn_at FROM draws WHERE id = @draw`
}

func insertSeat(approver, n string) string {
	return `INSERT INTO approver_draws (marketplace_id, id, proposal_id, approver_id, n, period, pool, drawn_at, due_at)
		SELECT marketplace_id, @id, proposal_id, ` + approver + `, ` + n + `, period, pool, drawn_at, due_at FROM approver_draws WHERE id = @seat`
}

var drawStatements = []statement{
	{"a draw of a day without a seed", insertDraw("'2001-01-01'", "0"), byGuard, byGuard},
	{"a draw that leaves one out", insertDraw("period", "n + 2"), byGuard, byGuard},
	{"a draw once more", insertDraw("period", "n"), byGuard, byRule},
	{"another pool", "UPDATE draws SET pool = '[]' WHERE id = @draw", byGuard, denied},
	{"another ticket", "UPDATE draws SET ticket_id = @id WHERE id = @draw", byGuard, denied},
	{"another person", "UPDATE draws SET person_id = @friend WHERE id = @draw", byGuard, denied},
	{"a draw deleted", "DELETE FROM draws WHERE id = @draw", byGuard, denied},
	{"all draws truncated", "TRUNCATE draws", unknown, denied},
	{"another commitment", "UPDATE draw_seeds SET commitment = @thirtytwo", byGuard, denied},
	{"another entry for the commitment", "UPDATE draw_seeds SET id = @id", byGuard, denied},
	{"a seed deleted", "DELETE FROM draw_seeds", byGuard, denied},
	{"a seed with its secret at once", "INSERT INTO draw_seeds (marketplace_id, period, id, commitment, reveal_id, seed) VALUES (@market, '2001-01-01', @id, @thirtytwo, @id, @thirtytwo)", byGuard, byGuard},
	{"a second seed for the day", "INSERT INTO draw_seeds (marketplace_id, period, id, commitment) SELECT marketplace_id, period, @id, commitment FROM draw_seeds WHERE period = @today", byGuard, byRule},
	{"a revealed seed exchanged", "UPDATE draw_seeds SET seed = @thirtytwo WHERE seed IS NOT NULL", byGuard, byGuard},
	{"a draw from a seed that is revealed", insertDraw("'"+oldDay+"'", "0"), byGuard, byGuard},
	{"a second seat for a friend", insertSeat("@friend", "n + 1"), byGuard, byGuard},
	{"a seat that leaves one out", insertSeat("@friend", "n + 5"), byGuard, byGuard},
	{"the seat given to a friend", "UPDATE approver_draws SET approver_id = @friend WHERE id = @seat", byGuard, denied},
	{"more time for a seat", "UPDATE approver_draws SET due_at = @later WHERE id = @seat", byGuard, denied},
	{"a seat deleted", "DELETE FROM approver_draws WHERE id = @seat", byGuard, denied},
	{"a seat for the requester", insertSeat("@asker", "n + 1"), byGuard, byGuard},
	{"no draw for the request", "UPDATE removal_requests SET drawn = @no WHERE proposal_id = @request", byGuard, denied},
	{"no draws at all", "UPDATE marketplaces SET approvers_drawn = @no", byGuard, byGuard},
	{"a ticket made urgent", "UPDATE tickets SET priority = 9", byGuard, denied},
	{"a ticket moved to another queue", "UPDATE tickets SET queue = 'mine'", byGuard, denied},
}

// oldDay has a seed that is revealed.
const oldDay = "2001-02-03"

// ids of a seat scene with a second request and a ticket that a moderator holds, as @names.
func (s *seatScene) ids(t *testing.T) map[string]any {
	t.Helper()
	s.Review(t, s.Seller, 1)
	draw(t, s.World, s.asker)
	var last models.Draw
	must(t, s.DB.Order("n DESC").Limit(1).Find(&last).Error)
	var seat models.ApproverDraw
	must(t, s.DB.Where("proposal_id = ?", s.p.ID).Take(&seat).Error)
	friend := s.all[0].ID
	if friend == seat.ApproverID {
		friend = s.all[1].ID
	}
	return map[string]any{
		"draw": last.ID, "seat": seat.ID, "friend": friend, "request": s.p.ID, "thirtytwo": []byte("thirty-two bytes of nothing much"),
		"today": s.Now().Format(time.DateOnly), "no": false,
	}
}

func TestRawSQLOnDraws(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSeatScene(t, db)
		ids := s.ids(t)
		other := &scene{World: s.World, asker: s.asker, p: s.p}
		seed := []byte("thirty-two bytes of nothing much")
		must(t, s.DB.Exec("INSERT INTO draw_seeds (marketplace_id, period, id, commitment) VALUES (?, ?, ?, ?)", apptest.Market, oldDay, models.NewID(), sum(seed)).Error)
		must(t, s.DB.Exec("UPDATE draw_seeds SET reveal_id = ?, seed = ? WHERE period = ?", models.NewID(), seed, oldDay).Error)
		for _, st := range drawStatements {
			t.Run(st.name, func(t *testing.T) {
				want := st.sqlite
				if models.IsPostgres(db.DB) {
					want = st.postgres
				}
				err := other.raw(t, st.sql, ids)
				if got := refusedBy(err); got != want {
					t.Errorf("refused by %q (%v); want %q", got, err, want)
				}
			})
		}
		names(t, s.World, "draw_seeds", "explained by no entry") // the old day's, which the database let in
	})
}

// What the application's account can write, verify names: a draw, a seed, and a seat for a friend.
func TestForgedDraws(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ says, sql, then string }{
		"a draw":                {"draws", insertDraw("period", "n + 1"), ""},
		"a seed":                {"draw_seeds", "INSERT INTO draw_seeds (marketplace_id, period, id, commitment) VALUES (@market, '2001-01-01', @id, @thirtytwo)", ""},
		"a friend in the seat":  {"approver_draws", "UPDATE approver_draws SET ended_at = @now, ended_why = 'late' WHERE id = @seat", insertSeat("@friend", "n + 1")},
		"a seat taken silently": {"lost its seat", "UPDATE approver_draws SET ended_at = @now, ended_why = 'late' WHERE id = @seat", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				s := newSeatScene(t, db)
				ids := s.ids(t)
				other := &scene{World: s.World, asker: s.asker, p: s.p}
				for _, stmt := range []string{x.sql, x.then} {
					if stmt != "" {
						must(t, other.raw(t, stmt, ids))
					}
				}
				names(t, s.World, x.says)
				r, err := s.Desk.ReplayDraws(t.Context(), s.DB.DB)
				if err != nil || r.Finding == "" {
					t.Errorf("the replay says %q, %v", r.Finding, err)
				}
			})
		})
	}
}
