package routing

import "slices"

// catchAll says that everything fits.
func (w When) catchAll() bool { return w.covers(When{}) }

// covers says whether all that fits v fits w, too. Where it can't tell it says no.
func (w When) covers(v When) bool {
	return within(v.Categories, w.Categories) && within(v.Languages, w.Languages) && within(v.Sources, w.Sources) &&
		w.Score.covers(v.Score) && w.Stars.covers(v.Stars) && w.Age.covers(v.Age) &&
		(w.Verified == "" || w.Verified == v.Verified) &&
		w.Flags <= max(v.Flags, 1) && w.Distinct <= max(v.Distinct, 1)
}

// within says whether one of a is always one of b; nothing stands for everything.
func within(a, b []string) bool {
	return len(b) == 0 || (len(a) > 0 && !slices.ContainsFunc(a, func(x string) bool { return !slices.Contains(b, x) }))
}

func (r Range) covers(o Range) bool {
	if r.none() {
		return true
	}
	return !o.none() && (r.From == nil || (o.From != nil && *r.From <= *o.From)) && (r.To == nil || (o.To != nil && *r.To >= *o.To))
}

// meets says whether two ranges that ask for something have a value in common.
func (r Range) meets(o Range) bool {
	return !r.none() && !o.none() && (r.To == nil || o.From == nil || *r.To >= *o.From) && (r.From == nil || o.To == nil || *o.To >= *r.From)
}

// sameButScore says whether two ask for the same but for the score.
func (w When) sameButScore(v When) bool {
	w.Score, v.Score = Range{}, Range{}
	return w.covers(v) && v.covers(w)
}
