package moderation

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// deskReplay runs through a marketplace's entries in the order of their times, beside its tickets in the order in which
// they were sent somewhere, and knows at each time which tickets were open, where they stood and who held them. A draw is judged when everything that
// happened about the same time is known.
type deskReplay struct {
	db     *gorm.DB
	market models.Marketplace
	past   models.SettingsPast
	seeds  map[string]knownSeed
	staff  *standing
	out    *Replayed

	tickets map[string]*tracked
	order   []*tracked           // the live ones, the most urgent first
	closed  []*tracked           // those that have come to an end lately, oldest first
	asked   map[string]string    // ticket of each open request
	last    map[string]*drawnNow // each person's latest draw
	pending []*drawnNow          // draws to be judged, oldest first
	since   time.Time            // when the first seed was committed to
	lots    bool                 // an entry has said whether its decision got a second look
}

// drawnNow is a draw on its way to be judged.
type drawnNow struct {
	models.Draw
	commit   string
	previous *drawnNow
}

func (x *deskReplay) run() error {
	x.tickets, x.asked, x.last = map[string]*tracked{}, map[string]string{}, map[string]*drawnNow{}
	for _, s := range x.seeds {
		x.since = earliest(x.since, s.at)
	}
	incoming := &feed[models.TicketRoute]{read: x.readRoutes}
	var tickets map[string]models.Ticket
	incoming.batch = func(b []models.TicketRoute) (err error) {
		tickets, err = x.readTickets(b)
		return err
	}
	entries := &feed[models.LedgerEntry]{read: x.readEntries}
	var draws map[string]models.Draw
	entries.batch = func(b []models.LedgerEntry) (err error) {
		draws, err = x.readDraws(b)
		return err
	}
	for x.out.Finding == "" {
		e, err := entries.peek()
		if err != nil {
			return err
		}
		t, err := incoming.peek()
		if err != nil {
			return err
		}
		switch {
		case t != nil && (e == nil || !t.RoutedAt.After(e.At)):
			x.settle(t.RoutedAt)
			if err := x.sent(*t, tickets); err != nil {
				return err
			}
			incoming.next()
		case e != nil:
			x.settle(e.At)
			if err := x.apply(*e, draws); err != nil {
				return err
			}
			entries.next()
		default:
			return x.judgeAll()
		}
	}
	return nil
}

// sent follows a ticket to where it was sent: it opens there, or stands there from now on.
func (x *deskReplay) sent(r models.TicketRoute, tickets map[string]models.Ticket) error {
	if r.N > 0 {
		x.moves(r)
		return nil
	}
	t := tickets[r.TicketID]
	t.Queue, t.Priority, t.DueAt, t.Skill = r.Queue, r.Priority, r.DueAt, r.Skill
	return x.opens(t)
}

func (x *deskReplay) moves(r models.TicketRoute) {
	k := x.tickets[r.TicketID]
	if k == nil {
		return // it had come to an end
	}
	i, found := slices.BinarySearchFunc(x.order, k, (*tracked).compare)
	if found {
		x.order = slices.Delete(x.order, i, i+1)
	}
	k.Queue, k.Priority, k.DueAt, k.Skill, k.sent = r.Queue, r.Priority, r.DueAt, r.Skill, r.RoutedAt
	if found {
		i, _ = slices.BinarySearchFunc(x.order, k, (*tracked).compare)
		x.order = slices.Insert(x.order, i, k)
	}
}

func (x *deskReplay) opens(t models.Ticket) error {
	k := &tracked{Ticket: t, judged: map[string]time.Time{}, drawnBy: map[string]bool{}}
	if err := x.involved(k); err != nil {
		return err
	}
	x.tickets[t.ID] = k
	i, _ := slices.BinarySearchFunc(x.order, k, (*tracked).compare)
	x.order = slices.Insert(x.order, i, k)
	return nil
}

// settle judges the draws, and forgets the tickets, that nothing from this time on can still touch.
func (x *deskReplay) settle(now time.Time) {
	for len(x.pending) > 0 && x.out.Finding == "" && x.pending[0].DrawnAt.Add(tolerance).Before(now) {
		x.judgeFirst()
	}
	for len(x.closed) > 0 && x.closed[0].now().at.Add(3*tolerance).Before(now) {
		k := x.closed[0]
		x.closed = x.closed[1:]
		if i, found := slices.BinarySearchFunc(x.order, k, (*tracked).compare); found {
			x.order = slices.Delete(x.order, i, i+1)
		}
		delete(x.tickets, k.ID)
	}
}

func (x *deskReplay) judgeAll() error {
	for len(x.pending) > 0 && x.out.Finding == "" {
		x.judgeFirst()
	}
	return nil
}

func (x *deskReplay) judgeFirst() {
	w := x.pending[0]
	x.pending = x.pending[1:]
	x.out.Draws++
	if why := x.judge(w); why != "" {
		x.out.Finding = "draw " + w.ID + " of " + w.PersonID + " " + why
	}
	w.previous = nil // or every draw of all time would hang on the latest
}

// apply follows one entry.
func (x *deskReplay) apply(e models.LedgerEntry, draws map[string]models.Draw) error {
	b, err := ledger.ParseBody(e.Body)
	if err != nil {
		return err
	}
	switch {
	case e.Act == "ticket.draw", e.Act == "ticket.again":
		x.given(e, b, draws)
	case slices.Contains(decisionActs, e.Act), e.Act == "ticket.skip", e.Act == "ticket.escalate", e.Act == "ticket.release", e.Act == "look.verdict":
		x.judged(e, b)
		return x.lot(e, b)
	default:
		x.ended(e, str(b.Data["state"]))
	}
	return nil
}

// given follows a draw, or a ticket given back to who drew it last: whatever this person held before, they don't now.
func (x *deskReplay) given(e models.LedgerEntry, b ledger.Body, draws map[string]models.Draw) {
	before := x.last[e.ActorID]
	if before != nil {
		if k := x.tickets[before.TicketID]; k != nil && k.now().is == isHeld && k.now().by == e.ActorID {
			k.becomes(isFree, e.At, "")
		}
	}
	if k := x.tickets[e.SubjectID]; k != nil {
		k.becomes(isHeld, e.At, e.ActorID)
		k.drawnBy[e.ActorID] = true
	}
	if e.Act == "ticket.again" {
		if before == nil || before.TicketID != e.SubjectID {
			x.finds(e, "gives back a ticket that wasn't the last one drawn")
		}
		return
	}
	row, ok := draws[e.ID]
	if !ok {
		if e.At.After(x.since.Add(tolerance)) {
			x.finds(e, "is a draw that doesn't say what it was from")
		}
		row = models.Draw{ID: e.ID, TicketID: e.SubjectID, PersonID: e.ActorID, DrawnAt: e.At}
	}
	w := &drawnNow{Draw: row, commit: str(b.Data["commit"]), previous: before}
	x.last[e.ActorID] = w
	if ok {
		x.pending = append(x.pending, w)
	}
}

// judged follows what a moderator did with a ticket. Only the request that leads a set has to be on a ticket that a draw
// gave; verify holds those that follow it against it.
func (x *deskReplay) judged(e models.LedgerEntry, b ledger.Body) {
	id, is := e.SubjectID, isFree
	switch {
	case slices.Contains(requestActs, e.Act):
		id, is = str(b.Data["ticket"]), isAsked
		x.asked[e.SubjectID] = id
	case e.Act == "ticket.keep", e.Act == "look.verdict":
		is = isClosed
	}
	k := x.tickets[id]
	if k == nil {
		x.finds(e, "is about a ticket that isn't there")
		return
	}
	if !k.drawnBy[e.ActorID] && str(b.Data["lead"]) == "" && e.At.After(x.since.Add(tolerance)) {
		x.finds(e, "decides on a ticket that no draw gave to "+e.ActorID)
	}
	if e.Act != "ticket.release" {
		k.judged[e.ActorID] = e.At
	}
	x.turns(k, is, e.At)
}

// ended follows what became of a request.
func (x *deskReplay) ended(e models.LedgerEntry, state string) {
	k := x.tickets[x.asked[e.SubjectID]]
	if k == nil || state == models.ProposalOpen {
		return
	}
	delete(x.asked, e.SubjectID)
	if state == models.ProposalWithdrawn || state == models.ProposalVoid {
		x.turns(k, isFree, e.At)
		return
	}
	x.turns(k, isClosed, e.At)
}

func (x *deskReplay) turns(k *tracked, is int, at time.Time) {
	k.becomes(is, at, "")
	if is == isClosed {
		x.closed = append(x.closed, k)
	}
}

func (x *deskReplay) finds(e models.LedgerEntry, what string) {
	if x.out.Finding == "" {
		x.out.Finding = "entry " + e.ID + " (" + e.Act + ") " + what
	}
}
