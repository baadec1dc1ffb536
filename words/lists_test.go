package words_test

// fromVariables are texts that reach a page through a variable, so that no call names them: a words.Word, a state, a
// role, a value of a column.
var fromVariables = []string{
	// roles
	"moderator", "supervisor", "auditor", "investigator", "administrator",
	// states of a review
	"published", "held", "redacted", "removed",
	// remedies, and what they are as a thing
	"label", "redact", "move", "remove", "redaction", "removal",
	// what rights, entries and tickets are about
	"appeal", "erasure", "review", "proposal", "ticket", "staff", "grant", "interest", "marketplace", "attachment", "ledger", "filter", "token",
	"customer", "seller", "statement", "draw", "closed", "waiting", "genuine", "violating", "period", "entry", "evidence", "change of settings", "change of routing",
	// who acts by itself
	"draws", "expiry", "settings", "sign-in", "statements", "sweep", "evenhand demo",
	// why somebody gave something back
	"Absent", "Conflict", "Expertise", "Language", "Late", "Technical", "Upsetting",
	// figures
	"approved", "declined", "decided", "verdicts", "decisions", "now", "lifted", "lapsed",
	// whether there was an order
	"verified",
	// evidence, and what a file is
	"an order look-up", "the author's statement", "a link", "another review", "the exact words", "a document", "a file",
	"e-mail", "plain text", "something else",
	// how a request came to its end
	"has been approved already", "has been declined already", "was withdrawn by its requester", "has expired; what nobody decides doesn't happen",
	"is void, because what it was about has changed",
	// what a filter names and isn't there
	"There is no seller with this id or name.", "There is no product with this id.", "There is no customer with this id.", "There is no such person.",
	"There is no such queue.",
	// why an appeal isn't one's to answer
	"You have had a hand in this case since, or an interest in its seller, so somebody else answers.",
}

// notWords read like words and are none that a reader sees.
var notWords = map[string]bool{
	"Bearer ": true, "English": true, "Deutsch": true, "public, max-age=31536000, immutable": true, "%s, %d KB, SHA-256 %s…": true,
	"Time to answer, by route, method and status.": true, "Pages that listen for changes now.": true, ": still here\n\n": true, "event: bye\ndata: {}\n\n": true,
}

// standAsTheyAre are words of templates that are the same in every language.
var standAsTheyAre = map[string]bool{"evenhand": true, "p": true, "q": true, "h": true}

// forDevelopers are files whose texts only a developer reads: the design page, in development mode.
var forDevelopers = map[string]bool{"web/design.go": true, "web/design_deciding.go": true, "web/design_routing.go": true, "web/design_hold.go": true, "web/design_set.go": true, "web/tokens.go": true, "web/templates/pages/design.html": true}
