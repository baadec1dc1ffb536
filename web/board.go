package web

import (
	"slices"
	"time"

	"evenhand/words"
)

// BoardPage is GET /m/{m}/board: whom removals favour.
type BoardPage struct {
	Page
	// Compared is how many pairs were compared, Alarms how many need eyes.
	Compared, Alarms int
	// Sentence replaces the one made of Compared and Alarms; may be empty.
	Sentence   string
	ComputedAt time.Time // zero when never computed
	From, To   time.Time // the decisions' period
	// Points are drawn in the funnel; Rows are this page of the ranking,
	// highest score first. First is the rank of Rows[0], from 1.
	Points []PairFigures
	Rows   []PairFigures
	First  int
	Pager  Pager
	// Method is a list of paragraphs added to the method note.
	Method []string
	// Limits are what the comparison couldn't do, in the detector's own English.
	Limits []string
}

// PairFigures are the detector's figures for one moderator and one seller.
type PairFigures struct {
	ModeratorID, Moderator string
	SellerID, Seller       string
	Exposure               int // decisions
	Observed               int // removals asked
	Expected               float64
	EBGM, EB05, EB95       float64
	P, Q                   float64
	Alarm                  bool
	// Wrong is how many of the removals were found wrong on appeal.
	Wrong int
	// Disposition is what an auditor made of it, in a word; may be empty.
	Disposition string
}

// PairPage is GET /m/{m}/board/{moderator}/{seller}.
type PairPage struct {
	Page
	Pair     PairFigures
	From, To time.Time
	// Words are the paragraphs that explain the pair; when empty, one is
	// made of the figures.
	Words     []string
	Decisions []PairDecision
	Pager     Pager
}

// PairDecision is one decision behind a pair.
type PairDecision struct {
	At       time.Time
	ReviewID string
	// ProposalID is empty when the review was kept.
	ProposalID string
	Stars      int
	Excerpt    string
	Asked      bool    // asked for removal, else kept
	Expected   float64 // chance that others would have asked; 0 when not known
	Reason     string
	State      string // the proposal's; empty when kept
	Approver   Person
	// OnAppeal says that the removal was found wrong on the author's appeal.
	OnAppeal bool
	// Hold is the state of this moderator’s hold of the review; empty for none.
	Hold string
}

// Template implements PageData.
func (BoardPage) Template() string { return "board" }

// Template implements PageData.
func (PairPage) Template() string { return "pair" }

// Words is the sentence at the top of the board.
func (p BoardPage) Words(l *words.Language) string {
	compared := l.Count(p.Compared)
	switch {
	case p.Sentence != "":
		return l.Say(p.Sentence)
	case p.Compared == 0:
		return l.Say("No pair could be compared yet.")
	case p.Alarms == 0:
		return l.Say("No pair needs a person’s eyes; %s were compared.", compared)
	case p.Alarms == 1:
		return l.Say("One pair needs a person’s eyes; %s were compared.", compared)
	}
	return l.Say("%s pairs need a person’s eyes; %s were compared.", spelled(l, p.Alarms), compared)
}

// Paragraphs are Words, or one made of the figures.
func (p PairPage) Paragraphs(l *words.Language) []string {
	if len(p.Words) > 0 {
		return p.Words
	}
	f := p.Pair
	text := l.Say("%s decided %s about this seller and asked for removal in %s. The same work would have given %s in other hands.",
		plain(f.Moderator), l.Plural(f.Exposure, "review", "reviews"), l.Count(f.Observed), l.Fixed(1, f.Expected)) + " "
	if f.EB05 > 1 {
		text += l.Say("Allowing for chance, that is at least %s times as many.", l.Fixed(1, f.EB05))
	} else {
		text += l.Say("Allowing for chance, that may well be the same.")
	}
	switch {
	case f.Wrong == 1:
		text += " " + l.Say("Of these removals, one was found wrong on the author’s appeal, which moves the pair up the ranking.")
	case f.Wrong > 1:
		text += " " + l.Say("Of these removals, %s were found wrong on the author’s appeal, which moves the pair up the ranking.", l.Count(f.Wrong))
	}
	return []string{text}
}

var numerals = []string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"}

// spelled writes small numbers as a word that begins a sentence.
func spelled(l *words.Language, n int) string {
	if n < len(numerals) {
		return l.Say(numerals[n])
	}
	return l.Count(n)
}

// AnyHold reports whether a decision on this page of the list is a hold.
func (p PairPage) AnyHold() bool {
	return slices.ContainsFunc(p.Decisions, func(d PairDecision) bool { return d.Hold != "" })
}
