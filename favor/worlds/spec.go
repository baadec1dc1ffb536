package worlds

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"evenhand/favor"
)

// Spec says which world to make. The same Spec gives the same world.
type Spec struct {
	Mechanism string // classes or thresholds: how reviews come about and people decide on them
	Scenario  string // easy, moderate, subtle or null
	Picked    bool   // moderators pick their tickets; else they are drawn by capacity
	Decisions int
	Seed      uint64
	Looked    float64 // share of decisions with a second look, evenly drawn; 0 is 0.015, below 0 is none
}

// Strength is how much of what an honest moderator would keep a favouring one removes, directly and through a middleman,
// and how many times their share of the tickets they pick.
type strength struct{ direct, middleman, grab float64 }

var strengths = map[string]strength{
	"easy": {.8, .45, 10}, "moderate": {.5, .25, 4}, "subtle": {.25, .12, 2}, "null": {},
}

// Generate makes a world.
func Generate(s Spec) (*World, error) {
	how, ok := strengths[s.Scenario]
	if !ok {
		return nil, fmt.Errorf("worlds: unknown scenario %q", s.Scenario)
	}
	seed := rand.NewPCG(s.Seed, uint64(len(s.Scenario))<<8|uint64(s.Scenario[0])<<1|bit(s.Picked))
	g := &desk{Spec: s, strength: how, Rand: rand.New(seed)}
	var m mechanism
	switch s.Mechanism {
	case "classes":
		m = newClasses(g)
	case "thresholds":
		m = newThresholds(g)
	default:
		return nil, fmt.Errorf("worlds: unknown mechanism %q", s.Mechanism)
	}
	assignment := "random"
	if s.Picked {
		assignment = "self"
	}
	g.world.Name = fmt.Sprintf("%s_%s_%s_seed%d", s.Mechanism, s.Scenario, assignment, s.Seed)
	g.live(m)
	return &g.world, nil
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// ticket is a flagged review before anybody decides on it.
type ticket struct {
	seller, queue int
	violating     bool
	severity      float64 // what a mechanism knows of it besides
	score         float64
	rating        float64
	day           float64
}

// mechanism is how reviews and honest decisions come about.
type mechanism interface {
	review(t *ticket)
	removes(moderator int, t *ticket) bool           // honest work
	overturns(t *ticket) bool                        // by an honest approver
	swayed(moderator int, t *ticket, d float64) bool // a favouring moderator removes what they would have kept
	arrives() (seller, queue int, day float64)
}

// desk is a world in the making.
type desk struct {
	Spec
	strength
	*rand.Rand
	world World

	queuesOf   [][]int // of each moderator
	staff      [][]int // moderators of each queue
	capacity   []float64
	approvers  [][]int // of each queue
	group      []string
	volume     []float64
	sellerIn   [][]int // queues of each seller
	affinity   map[[2]int]float64
	favours    map[[2]int]*favour
	affinitySD float64
}

// favour is one planted pair.
type favour struct {
	share    float64
	approver int // −1: none in it
	planted  int // index in world.Planted
}

// gauss draws n deviations.
func (g *desk) gauss(n int, sd float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = sd * g.NormFloat64()
	}
	return v
}

func (g *desk) live(m mechanism) {
	g.favours, g.affinity = map[[2]int]*favour{}, map[[2]int]float64{}
	if g.Scenario != "null" {
		g.plant()
	}
	assigned := favor.Random
	if g.Picked {
		assigned = favor.Picked
	}
	looked := g.Looked
	if looked == 0 {
		looked = 0.015
	}
	type arrival struct {
		seller, queue int
		day           float64
	}
	arrivals := make([]arrival, g.Decisions)
	for i := range arrivals {
		arrivals[i].seller, arrivals[i].queue, arrivals[i].day = m.arrives()
	}
	slices.SortStableFunc(arrivals, func(a, b arrival) int { return int(math.Copysign(1, a.day-b.day)) })
	begin := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, a := range arrivals {
		t := ticket{seller: a.seller, queue: a.queue, day: a.day}
		m.review(&t)
		moderator := g.assign(&t)
		d := favor.Decision{
			ID: numbered("d", i+1, 7), At: begin.Add(time.Duration(t.day * 24 * float64(time.Hour))).Truncate(time.Second),
			Moderator: numbered("m", moderator, 2), Seller: numbered("s", t.seller, 4), Queue: numbered("q", t.queue, 2),
			Action: favor.Keep, Outcome: favor.Kept, Marketplace: numbered("k", t.queue/6, 1), SellerGroup: g.group[t.seller],
			Rating: t.rating, Content: favor.Content{Score: t.score, Known: true}, Assigned: assigned,
		}
		g.decide(m, moderator, &t, &d)
		answer := favor.Genuine
		if t.violating != (g.Float64() < 0.05) {
			answer = favor.Violating
		}
		if g.Float64() < looked {
			d.SecondLook = answer
		}
		g.world.Decisions = append(g.world.Decisions, d)
		g.world.Answers = append(g.world.Answers, answer)
	}
}

func (g *desk) decide(m mechanism, moderator int, t *ticket, d *favor.Decision) {
	removed, corrupt := m.removes(moderator, t), false
	f := g.favours[[2]int{moderator, t.seller}]
	if f != nil && !removed && !t.violating {
		corrupt = m.swayed(moderator, t, f.share)
	}
	if !removed && !corrupt {
		return
	}
	pool := g.approvers[t.queue]
	approver := pool[g.IntN(len(pool))]
	if f != nil && f.approver >= 0 && g.Picked && g.Float64() < 0.9 {
		approver = f.approver
	}
	d.Action, d.Approver, d.Outcome = favor.Remove, numbered("a", approver, 2), favor.Removed
	if f != nil && approver == f.approver {
		g.world.Planted[f.planted].Corrupt += int(bit(corrupt))
		return
	}
	if m.overturns(t) {
		d.Outcome = favor.Kept
		return
	}
	if corrupt {
		g.world.Planted[f.planted].Corrupt++
	}
}

// assign draws the moderator of a ticket within its queue.
func (g *desk) assign(t *ticket) int {
	staff, total := g.staff[t.queue], 0.0
	weights := make([]float64, len(staff))
	for i, m := range staff {
		weights[i] = g.capacity[m]
		if g.Picked {
			weights[i] *= g.liking(m, t.seller)
			if g.favours[[2]int{m, t.seller}] != nil {
				weights[i] *= g.grab
			}
		}
		total += weights[i]
	}
	at := g.Float64() * total
	for i, w := range weights {
		if at -= w; at < 0 {
			return staff[i]
		}
	}
	return staff[len(staff)-1]
}

func (g *desk) liking(moderator, seller int) float64 {
	key := [2]int{moderator, seller}
	if v, ok := g.affinity[key]; ok {
		return v
	}
	v := math.Exp(g.affinitySD * g.NormFloat64())
	g.affinity[key] = v
	return v
}
