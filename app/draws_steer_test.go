package app_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/staff"
)

func sum(b []byte) []byte {
	s := sha256.Sum256(b)
	return s[:]
}

// outsider is the formula as the documents give it, written down a second time: what somebody computes who has nothing
// but the revealed seed.
func outsider(seed []byte, who string, n, attempt, size int) int {
	mac := hmac.New(sha256.New, seed)
	fmt.Fprintf(mac, `{"attempt":%d,"for":"%s","n":%d}`, attempt, who, n)
	x := new(big.Int).SetBytes(mac.Sum(nil))
	return int(x.Mod(x, big.NewInt(int64(size))).Int64())
}

// steered is a desk with a few draws behind it, the last of them just made, and its owner, who changes whatever there
// is: rows, entries and their hashes. Only what was published and the seal key are out of reach.
type steered struct {
	*seatScene
	moor, moss models.Actor
	owner      *gorm.DB
	last       models.Draw
	seat       models.ApproverDraw
	held, tied string // tickets that moor couldn't be given: moss holds it; of a seller in whom moor has an interest
	skipped    string
}

func newSteered(t *testing.T, db *dbtest.DB) *steered {
	t.Helper()
	s := &steered{seatScene: newSeatScene(t, db)}
	s.moor, s.moss = s.Person(t, "mire", models.RoleModerator), s.Person(t, "moss", models.RoleModerator)
	sister := s.NewSeller(t, "seller-2")
	_, err := s.Staff.DeclareInterest(t.Context(), s.moor, staff.NewInterest{Marketplace: apptest.Market, Seller: sister.ExternalID, Relation: "relative", Note: "my sister's shop"})
	must(t, err)
	for range 8 {
		s.Review(t, s.Seller, 1)
	}
	r := s.Review(t, sister, 1)
	must(t, s.DB.Raw("SELECT id FROM tickets WHERE review_id = ?", r.ID).Scan(&s.tied).Error)
	for s.held == "" || s.held == s.tied {
		s.Clock.Wind(2 * time.Minute)
		if s.held != "" {
			skipIt(t, s.World, s.moss, models.Ticket{ID: s.held})
			s.Clock.Wind(2 * time.Minute)
		}
		s.held = draw(t, s.World, s.moss).ID
	}
	s.Clock.Wind(2 * time.Minute)
	s.skipped = draw(t, s.World, s.moor).ID
	s.Clock.Wind(2 * time.Minute)
	skipIt(t, s.World, s.moor, models.Ticket{ID: s.skipped})
	s.Clock.Wind(2 * time.Minute)
	draw(t, s.World, s.moor)
	must(t, s.DB.Where("person_id = ?", s.moor.ID).Order("n DESC").Take(&s.last).Error)
	must(t, s.DB.Where("proposal_id = ?", s.p.ID).Take(&s.seat).Error)
	replays(t, s.World)
	s.owner = unguarded(t, s.World)
	return s
}

// undone is what the replay says after the owner has done something, which is then taken back. The replay is on its
// own here: whoever did it may have been able to make the log fit.
func (s *steered) undone(t *testing.T, do func(t *testing.T, tx *gorm.DB)) string {
	t.Helper()
	finding := ""
	err := models.InTx(t.Context(), s.owner, func(tx *gorm.DB) error {
		if !models.IsPostgres(tx) {
			dropTriggers(t, tx)
		}
		do(t, tx)
		replayed, err := s.Desk.ReplayDraws(t.Context(), tx)
		if err != nil {
			t.Errorf("ReplayDraws: %v", err)
		}
		finding = replayed.Finding
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Errorf("taking it back: %v", err)
	}
	return finding
}

// rewrite changes what an entry says, complete with its columns and its hash.
func rewrite(t *testing.T, tx *gorm.DB, id string, change func(b *ledger.Body)) {
	t.Helper()
	var e models.LedgerEntry
	must(t, tx.Where("id = ?", id).Take(&e).Error)
	b, err := ledger.ParseBody(e.Body)
	must(t, err)
	change(&b)
	text, err := ledger.Canonical(b)
	must(t, err)
	at, err := time.Parse(time.RFC3339Nano, b.At)
	must(t, err)
	must(t, tx.Exec("UPDATE ledger_entries SET body = ?, hash = ?, at = ?, subject_id = ?, actor_id = ? WHERE id = ?",
		string(text), ledger.LeafHash(text), at, b.Subject.ID, b.Actor.ID, id).Error)
}

// seed is that of the last draw's day, as the key's holder has it.
func (s *steered) seed() []byte {
	mac := hmac.New(sha256.New, apptest.SealKey)
	fmt.Fprintf(mac, `{"marketplace":"%s","period":"%s","what":"draw seed"}`, apptest.Market, s.last.Period)
	return mac.Sum(nil)
}

func poolText(ids []string) string {
	b, _ := json.Marshal(ids) // ids need no escaping, so this is canonical
	return string(b)
}

// redraw makes the last draw one from another pool, true to the formula, everywhere that it is written.
func (s *steered) redraw(t *testing.T, tx *gorm.DB, pool []string) {
	t.Helper()
	chosen := pool[outsider(s.seed(), s.moor.ID, s.last.N, 0, len(pool))]
	text := poolText(pool)
	must(t, tx.Exec("UPDATE draws SET pool = ?, ticket_id = ? WHERE id = ?", text, chosen, s.last.ID).Error)
	rewrite(t, tx, s.last.ID, func(b *ledger.Body) {
		b.Subject.ID, b.Data["pool"], b.Data["pool_digest"] = chosen, len(pool), hex.EncodeToString(sum([]byte(text)))
	})
}

func (s *steered) pool(t *testing.T) []string {
	t.Helper()
	var ids []string
	must(t, json.Unmarshal([]byte(s.last.Pool), &ids))
	return ids
}

// with puts a ticket into the pool where its urgency has it.
func (s *steered) with(t *testing.T, ticket string) []string {
	t.Helper()
	var all []string
	must(t, s.DB.Raw("SELECT id FROM tickets WHERE marketplace_id = ? ORDER BY priority DESC, due_at, id", apptest.Market).Scan(&all).Error)
	pool := s.pool(t)
	return slices.DeleteFunc(all, func(id string) bool { return id != ticket && !slices.Contains(pool, id) })
}

// commitEntry is the id of the entry that commits to the last draw's seed.
func (s *steered) commitEntry(t *testing.T) string {
	t.Helper()
	var id string
	must(t, s.DB.Raw("SELECT id FROM draw_seeds WHERE period = ? AND marketplace_id = ?", s.last.Period, apptest.Market).Scan(&id).Error)
	return id
}

// reseat makes the drawn approver another one, everywhere that it is written.
func (s *steered) reseat(t *testing.T, tx *gorm.DB, approver string, pool []string) {
	t.Helper()
	text := poolText(pool)
	must(t, tx.Exec("UPDATE approver_draws SET approver_id = ?, pool = ? WHERE id = ?", approver, text, s.seat.ID).Error)
	rewrite(t, tx, s.seat.ID, func(b *ledger.Body) {
		b.Data["approver"], b.Data["pool"], b.Data["pool_digest"] = approver, len(pool), hex.EncodeToString(sum([]byte(text)))
	})
}

func (s *steered) friend() string {
	for _, p := range s.all {
		if p.ID != s.seat.ApproverID {
			return p.ID
		}
	}
	return ""
}

var steerings = map[string]struct {
	says string
	do   func(s *steered) func(t *testing.T, tx *gorm.DB)
}{
	"another ticket than the seed gives": {"the seed gives", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			pool := s.pool(t)
			other := pool[(slices.Index(pool, s.last.TicketID)+1)%len(pool)]
			must(t, tx.Exec("UPDATE draws SET ticket_id = ? WHERE id = ?", other, s.last.ID).Error)
			rewrite(t, tx, s.last.ID, func(b *ledger.Body) { b.Subject.ID = other })
		}
	}},
	"the pool exchanged": {"says something else than its entry", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			must(t, tx.Exec("UPDATE draws SET pool = ? WHERE id = ?", poolText(s.pool(t)[1:]), s.last.ID).Error)
		}
	}},
	"the draw deleted": {"row that is missing", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			must(t, tx.Exec("DELETE FROM draws WHERE id = ?", s.last.ID).Error)
		}
	}},
	"an earlier draw deleted with its entry": {"one before it is missing", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			must(t, tx.Exec("DELETE FROM ledger_entries WHERE id IN (SELECT id FROM draws WHERE person_id = ? AND n = 0)", s.moor.ID).Error)
			must(t, tx.Exec("DELETE FROM draws WHERE person_id = ? AND n = 0", s.moor.ID).Error)
		}
	}},
	"a pool of one": {"left ticket", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) { s.redraw(t, tx, s.pool(t)[3:4]) }
	}},
	"a more urgent ticket left out": {"left ticket", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) { s.redraw(t, tx, s.pool(t)[1:]) }
	}},
	"a pool in another order": {"another order", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			pool := s.pool(t)
			slices.Reverse(pool)
			s.redraw(t, tx, pool)
		}
	}},
	"a ticket twice in the pool": {"another order", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) { s.redraw(t, tx, append(s.pool(t)[:1], s.pool(t)...)) }
	}},
	"a ticket that somebody else held": {"wasn't free", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) { s.redraw(t, tx, s.with(t, s.held)) }
	}},
	"a ticket that was skipped": {"decided on or skipped", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) { s.redraw(t, tx, s.with(t, s.skipped)) }
	}},
	"a ticket of a seller with a tie": {"had an interest", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) { s.redraw(t, tx, s.with(t, s.tied)) }
	}},
	"a ticket passed over that nobody took": {"passed over", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			pool := s.pool(t)
			i := outsider(s.seed(), s.moor.ID, s.last.N, 0, len(pool))
			left := slices.Delete(slices.Clone(pool), i, i+1)
			chosen := left[outsider(s.seed(), s.moor.ID, s.last.N, 1, len(left))]
			must(t, tx.Exec("UPDATE draws SET attempts = 1, ticket_id = ? WHERE id = ?", chosen, s.last.ID).Error)
			rewrite(t, tx, s.last.ID, func(b *ledger.Body) { b.Subject.ID, b.Data["attempt"] = chosen, 1 })
		}
	}},
	"a second roll": {"second roll", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			must(t, tx.Exec("DELETE FROM ledger_entries WHERE id IN (SELECT id FROM skips WHERE staff_id = ?)", s.moor.ID).Error)
			must(t, tx.Exec("DELETE FROM skips WHERE staff_id = ?", s.moor.ID).Error)
		}
	}},
	"a draw of another day": {"another day", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			later := s.last.DrawnAt.Add(24 * time.Hour)
			must(t, tx.Exec("UPDATE draws SET drawn_at = ? WHERE id = ?", later, s.last.ID).Error)
			rewrite(t, tx, s.last.ID, func(b *ledger.Body) { b.At = later.Format("2006-01-02T15:04:05.000000Z") })
		}
	}},
	"a decision on a ticket that nobody drew": {"no draw gave", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			must(t, tx.Exec("UPDATE skips SET staff_id = ? WHERE staff_id = ?", s.asker.ID, s.moor.ID).Error)
			var id string
			must(t, tx.Raw("SELECT id FROM skips WHERE staff_id = ?", s.asker.ID).Scan(&id).Error)
			rewrite(t, tx, id, func(b *ledger.Body) { b.Actor.ID = s.asker.ID })
		}
	}},
	"a commitment made afterwards": {"before its seed was committed", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			rewrite(t, tx, s.commitEntry(t), func(b *ledger.Body) {
				b.At = s.last.DrawnAt.Add(time.Hour).Format("2006-01-02T15:04:05.000000Z")
			})
		}
	}},
	"another seed, with its commitment": {"isn't the one that this installation's key gives", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			mine := sum([]byte("a seed that suits me"))
			must(t, tx.Exec("UPDATE draw_seeds SET commitment = ? WHERE id = ?", mine, s.commitEntry(t)).Error)
			rewrite(t, tx, s.commitEntry(t), func(b *ledger.Body) { b.Data["commitment"] = hex.EncodeToString(mine) })
		}
	}},
	"a commitment exchanged": {"says something else than its entry", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			must(t, tx.Exec("UPDATE draw_seeds SET commitment = ? WHERE id = ?", sum([]byte("x")), s.commitEntry(t)).Error)
		}
	}},
	"a friend in the seat": {"the seed gives", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			var pool []string
			must(t, json.Unmarshal([]byte(s.seat.Pool), &pool))
			s.reseat(t, tx, s.friend(), pool)
		}
	}},
	"a friend as the only one": {"left out", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) { s.reseat(t, tx, s.friend(), []string{s.friend()}) }
	}},
	"somebody in the seat who couldn't be": {"couldn't be drawn", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) { s.reseat(t, tx, s.moss.ID, []string{s.moss.ID}) }
	}},
	"a seat taken back for no reason": {"a reason (role) that there wasn't", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			must(t, tx.Exec("UPDATE approver_draws SET ended_at = ?, ended_why = 'role' WHERE id = ?", s.Now(), s.seat.ID).Error)
			entry := &ledger.Entry{Marketplace: apptest.Market, Act: "removal.reassign", SubjectType: "proposal", SubjectID: s.p.ID}
			for k, v := range map[string]any{"draw": s.seat.ID, "approver": s.seat.ApproverID, "reason": "role", "state": "open"} {
				entry.Set(k, v)
			}
			must(t, s.Ledger.Append(models.AtCommit(tx), models.System("draws"), entry))
			must(t, models.AtCommit(tx).Run())
		}
	}},
	"a request for which nobody is drawn": {"removal_requests", func(s *steered) func(*testing.T, *gorm.DB) {
		return func(t *testing.T, tx *gorm.DB) {
			must(t, tx.Exec("UPDATE removal_requests SET drawn = ? WHERE proposal_id = ?", false, s.p.ID).Error)
		}
	}},
}

func TestReplayNamesWhatWasSteered(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSteered(t, db)
		for name, x := range steerings {
			t.Run(name, func(t *testing.T) {
				if got := s.undone(t, x.do(s)); !strings.Contains(got, x.says) {
					t.Errorf("the replay says %q; want it to say %q", got, x.says)
				}
			})
		}
		replays(t, s.World) // all of it was taken back
		s.Clock.Wind(48 * time.Hour)
		_, err := s.Desk.SweepDraws(t.Context())
		must(t, err)
		t.Run("a revealed seed exchanged", func(t *testing.T) {
			if models.IsPostgres(db.DB) {
				t.Skip("the table itself refuses it")
			}
			got := s.undone(t, func(t *testing.T, tx *gorm.DB) {
				var reveal string
				must(t, tx.Raw("SELECT reveal_id FROM draw_seeds WHERE period = ?", s.last.Period).Scan(&reveal).Error)
				must(t, tx.Exec("UPDATE draw_seeds SET seed = ? WHERE period = ?", sum([]byte("x")), s.last.Period).Error)
				rewrite(t, tx, reveal, func(b *ledger.Body) { b.Data["seed"] = hex.EncodeToString(sum([]byte("x"))) })
			})
			if !strings.Contains(got, "isn't the one that was committed to") {
				t.Errorf("the replay says %q", got)
			}
		})
		replays(t, s.World)
	})
}
