package favor

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"
)

// record is a decision in numbers. A field of 0 in group and approver, and a
// band of 0, mean none.
type record struct {
	moderator, seller, group, queue, approver, rating int32
	band, bin                                         int32
	action                                            Action
	outcome                                           Outcome
	labelled, scored                                  bool
	label                                             Label
	assigned                                          Assignment
	score                                             float64
}

// desk is a history in compact form: what all the tables are made from.
type desk struct {
	records    []record
	ids        []string // decision ids, kept only for Looks
	moderators names
	sellers    names
	groups     names
	queues     names // marketplace and queue
	approvers  names
	ratings    names
	read       int
	positive   int // left out for their rating
	unrated    int // kept although the rating is unknown
	unscored   int
	keepIDs    bool
}

// readDesk drains the decisions, leaving out what isn't negative. The first
// error of the sequence, or a decision that lacks what is required, ends it.
func readDesk(decisions iter.Seq2[Decision, error], o Options, keepIDs bool) (*desk, error) {
	d := &desk{keepIDs: keepIDs}
	d.groups.id("")
	d.approvers.id("")
	d.ratings.id("")
	for decision, err := range decisions {
		if err != nil {
			return nil, err
		}
		if err := decision.check(); err != nil {
			return nil, err
		}
		d.add(&decision, o)
	}
	if d.read == 0 {
		return nil, errors.New("favor: no decisions")
	}
	if len(d.records) == 0 {
		return nil, fmt.Errorf("favor: none of %d decisions is on a review rated %v or lower", d.read, o.NegativeAtMost)
	}
	d.sort()
	d.band()
	return d, nil
}

// check returns an error unless the decision has what is required.
func (d *Decision) check() error {
	switch {
	case d.ID == "" || d.Moderator == "" || d.Seller == "" || d.Queue == "":
		return fmt.Errorf("favor: decision %q: id, moderator, seller or queue is empty", d.ID)
	case d.Action != Remove && d.Action != Keep:
		return fmt.Errorf("favor: decision %q: no action", d.ID)
	case d.Rating != 0 && !(d.Rating >= 1 && d.Rating <= 5):
		return fmt.Errorf("favor: decision %q: rating %v is not between 1 and 5", d.ID, d.Rating)
	case d.Content.Known && (math.IsNaN(d.Content.Score) || math.IsInf(d.Content.Score, 0)):
		return fmt.Errorf("favor: decision %q: content score %v is not finite", d.ID, d.Content.Score)
	}
	return nil
}

func (d *desk) add(x *Decision, o Options) {
	d.read++
	if x.Rating > o.NegativeAtMost {
		d.positive++
		return
	}
	rating := ""
	if x.Rating > 0 {
		rating = strconv.FormatFloat(x.Rating, 'g', -1, 64)
	} else {
		d.unrated++
	}
	if !x.Content.Known {
		d.unscored++
	}
	d.records = append(d.records, record{
		moderator: d.moderators.id(x.Moderator),
		seller:    d.sellers.id(x.Seller),
		group:     d.groups.id(x.SellerGroup),
		queue:     d.queues.id(x.Marketplace + "\x00" + x.Queue),
		approver:  d.approvers.id(x.Approver),
		rating:    d.ratings.id(rating),
		action:    x.Action,
		outcome:   x.Outcome,
		labelled:  x.SecondLook != 0,
		label:     x.SecondLook,
		assigned:  x.Assigned,
		scored:    x.Content.Known,
		score:     x.Content.Score,
	})
	if d.keepIDs {
		d.ids = append(d.ids, x.ID)
	}
}

// sort renumbers all names in their own order.
func (d *desk) sort() {
	moderators, sellers, groups := d.moderators.sort(), d.sellers.sort(), d.groups.sort()
	queues, approvers, ratings := d.queues.sort(), d.approvers.sort(), d.ratings.sort()
	for i := range d.records {
		r := &d.records[i]
		r.moderator, r.seller, r.group = moderators[r.moderator], sellers[r.seller], groups[r.group]
		r.queue, r.approver, r.rating = queues[r.queue], approvers[r.approver], ratings[r.rating]
	}
}
