package demo

import (
	"fmt"
	"strings"

	"evenhand/moderation"
)

// ask is a request for a removal as this moderator words it, but for the ticket.
func (w *world) ask(m *market, p *person, it *item) moderation.Ask {
	code := it.code
	switch {
	case code == "" && p.favours == it.seller:
		code = one(w, cover)
	case code == "":
		code = one(w, mistaken)
	}
	var evidence []moderation.Evidence
	if code, evidence = w.evidence(m, it, code); it.code == "" && code == codeFake {
		evidence[0].Value = fmt.Sprintf(lookUp, w.number(), "none found under the name given") // a careless one
	}
	return moderation.Ask{
		Marketplace: m.id, Seen: it.row.Digest, Reason: code, Justification: one(w, justifications[code]), Evidence: evidence,
	}
}

// evidence is what a request with this reason rests on. Where there is none for it, another reason is given.
func (w *world) evidence(m *market, it *item, code string) (string, []moderation.Evidence) {
	piece := func(kind, value string) []moderation.Evidence {
		return []moderation.Evidence{{Kind: kind, Value: value}}
	}
	switch code {
	case codeConflict:
		return code, piece(moderation.EvidenceLink, fmt.Sprintf(account, w.number()))
	case codeWithdrew:
		return code, piece(moderation.EvidenceStatement, fmt.Sprintf(authorSays, w.number()))
	case codeDuplicate:
		if id := w.otherOf(m, it); id != "" {
			return code, piece(moderation.EvidenceReviews, id)
		}
	case codeCoordinated:
		if others := w.accomplices(m, it); len(others) == 2 {
			return code, append(piece(moderation.EvidenceReviews, others[0]), piece(moderation.EvidenceReviews, others[1])...)
		}
	case codeFake:
	default:
		return code, piece(moderation.EvidenceSpan, it.words())
	}
	return codeFake, piece(moderation.EvidenceOrder, fmt.Sprintf(lookUp, w.number(), noOrder))
}

// words are those that a request marks: what breaks the rule, or the last sentence.
func (it *item) words() string {
	if it.span != "" {
		return it.span
	}
	sentences := strings.SplitAfter(strings.TrimSuffix(it.review.Body, "."), ". ")
	return strings.TrimSpace(sentences[len(sentences)-1])
}

// otherOf is the id of the review that this one repeats, or of any other of the seller, which is no duplicate's.
func (w *world) otherOf(m *market, it *item) string {
	if it.twin != nil {
		return it.twin.row.ID
	}
	books := m.books[it.seller.id]
	for range 10 {
		if other := one(w, books); other != it {
			return other.row.ID
		}
	}
	return ""
}

// accomplices are two other reviews of the same plan against a seller, if there are two yet.
func (w *world) accomplices(m *market, it *item) []string {
	var out []string
	for _, other := range m.books[it.seller.id] {
		if other.code == codeCoordinated && other != it && len(out) < 2 {
			out = append(out, other.row.ID)
		}
	}
	return out
}
