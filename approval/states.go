package approval

import (
	"evenhand/models"
	"evenhand/words"
)

// transitions is the life of a proposal: from each state, the states it can go to. The guards in the database hold
// the same table. effective, declined, withdrawn, expired and void are ends.
//
//	open ─┬─▶ approved ─┬─▶ effective
//	      │             └─▶ void
//	      ├─▶ declined
//	      ├─▶ withdrawn
//	      ├─▶ expired
//	      └─▶ void
var transitions = map[string][]string{
	models.ProposalOpen: {
		models.ProposalApproved, models.ProposalDeclined, models.ProposalWithdrawn, models.ProposalExpired, models.ProposalVoid,
	},
	models.ProposalApproved: {models.ProposalEffective, models.ProposalVoid},
}

// ended says in words how a proposal that isn't open came to its end.
func ended(state string) words.Word {
	switch state {
	case models.ProposalApproved, models.ProposalEffective:
		return "has been approved already"
	case models.ProposalDeclined:
		return "has been declined already"
	case models.ProposalWithdrawn:
		return "was withdrawn by its requester"
	case models.ProposalExpired:
		return "has expired; what nobody decides doesn't happen"
	case models.ProposalVoid:
		return "is void, because what it was about has changed"
	}
	return words.Word("is " + state)
}
