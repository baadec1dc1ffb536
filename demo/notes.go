package demo

// cover is what a favouring moderator's requests stand on: rules that the review doesn't break.
var cover = []string{codeOffTopic, codeOffTopic, codeOffTopic, codeDuplicate, codeDuplicate, codeFake}

// mistaken is what an honest moderator takes a genuine review for.
var mistaken = []string{codeOffTopic, codeFake, codeFake, codeOffTopic, codeDuplicate}

// justifications by reason.
var justifications = map[string][]string{
	codeFake: {
		"The order look-up finds no order of this author for this product in the last two years.",
		"No order by this account with this shop; the text gives no detail that a buyer would know.",
		"Looked up by account and by product: there is no purchase behind this text.",
	},
	codeAdvert: {
		"The marked words lead to another shop and carry a referral code; the rest is only there to carry them.",
		"An advertisement with a code. The same address stands under other products, too.",
	},
	codePersonal: {
		"The marked words give away where a private person can be reached. They have no place under a product.",
		"A third person's whereabouts are given, and nobody agreed to that.",
	},
	codeOffTopic: {
		"Nothing in the marked words concerns this product or its purchase; they belong somewhere else.",
		"The text is about something other than the article on this page, as the marked words show.",
		"The marked passage isn't about what is sold here, so that nobody who looks for the product is helped.",
	},
	codeDuplicate: {
		"The same text stands under the same product already; the other one, which is named, stays.",
		"This repeats another text about the product nearly word for word. The one named here is kept.",
	},
	codeThreat: {
		"The marked words threaten a person with a visit. That isn't anger at a shop any more.",
		"A threat against the people who work there, in plain words, which are marked.",
	},
	codeConflict: {
		"The account is run from the same address as a competing shop, as the linked look-up shows.",
		"The author writes as a competitor and says so; the account look-up names the other shop.",
	},
	codeWithdrew: {
		"The author asked for it through their own account; the request is referred to by its number.",
		"The author's own signed-in request is on file under the number given as evidence.",
	},
	codeCoordinated: {
		"Several accounts of the same week use the same sentences about this shop; two others are named.",
		"One of a burst of texts with the same wording from new accounts. The named ones are of the same plan.",
	},
}

// neverValid are justifications that the desk refuses.
var neverValid = []string{
	"The seller asked for this to be looked at, and the text doesn't do the product justice at all.",
	"This is a negative review of a product that most other customers seem to be happy with.",
	"The customer did not respond to the shop's message, so the matter can't be cleared up.",
}

// What supervisors write.
var (
	approvals = []string{
		"Checked the evidence: it shows what the request says.", "Agreed, the rule fits and the evidence is there.",
		"Looked it up again with the same result.", "Right. The rule is clear on this.",
	}
	waved = []string{ // over what should have been declined
		"Fits the rule as far as I can see.", "Agreed with the request.", "Looks right to me, thank you.", "As described in the request.",
	}
	declines = []string{
		"Delivery and service are part of what was bought; this is on topic.", "The order is there after all, I looked it up.",
		"The named text is by another author, so this isn't a duplicate.", "A bad experience, in plain words. It stays.",
		"The evidence doesn't show what the request says.",
	}
	restorations = []string{
		"The author sent the invoice; it was a genuine purchase.", "Second reading: this is about the delivery, which is on topic.",
		"The named text turned out to be by another author.", "Taken down by mistake; the rule doesn't fit.",
	}
	skipNotes = []string{"", "", "I would like somebody with more knowledge of the product to see it.", "Written in a language that I read badly."}
	edits     = []string{"Edit: they have sent a new one, let's see.", "Edit: the shop rang me today.", "Edit: still the same a week later.", "Edit: I have the money back."}
	tieNotes  = []string{"A cousin works in their store room.", "I worked there until two years ago.", "My partner sells through them."}
)

// References that stand as evidence; %d is a number.
const (
	lookUp     = "order look-up %d: %s"
	noOrder    = "no order"
	account    = "account look-up %d"
	authorSays = "request %d by the author, signed in"
)
