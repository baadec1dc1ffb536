package web

import "time"

// Deciding is a request that one person has approved and a second may, as the design page shows it. It is made up.
func (p DesignPage) Deciding() ErasurePage {
	ben, at := Person{Name: "Ben Ito"}, p.Now.Add(-time.Hour)
	return ErasurePage{
		ErasureRow: ErasureRow{State: "open", Seats: Seats{{State: SeatAsked, Who: p.Somebody(), At: at}, {State: SeatApproved, Who: ben, At: at}, {State: SeatYours}}},
		Deciding: Deciding{
			Approve: Action{Allowed: true}, Withdraw: Action{Allowed: true}, Note: "no", Errors: p.Errors,
			Notes: []VerdictNote{{ben, at, "Looked it up again."}},
		},
	}
}
