package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/input"
)

// look is called at each stop of a walk, with a name for what is on the screen.
type look func(b *tab, name string)

// walks lead through every page in its main states, one for each role, on the demonstration's data.
var walks = []struct {
	role string
	walk func(b *tab, look look)
}{
	{"visitor", visitor}, {"moderator", moderator}, {"supervisor", supervisor}, {"auditor", auditor},
	{"administrator", administrator}, {"newcomer", newcomer},
}

// walkAll walks each role's walk in a browser of its own.
func walkAll(t *testing.T, look func(t *testing.T, role string) look) {
	t.Helper()
	for _, w := range walks {
		t.Run(w.role, func(t *testing.T) {
			t.Parallel()
			s := *demo(t)
			b := s.browser(t)
			b.media("light")
			b.size(1280, 900)
			switch w.role {
			case "visitor":
			case "newcomer":
				b.signIn(s.staff(t, "Nobody Yet"))
			default:
				b.signIn(s.one(t, w.role))
				b.visit("/")
				s.market = b.market()
			}
			w.walk(b, look(t, w.role))
		})
	}
}

// market is the marketplace that the page's ways lead to, the busiest where there are several, "" where there is none.
func (b *tab) market() string {
	b.t.Helper()
	var id string
	b.eval(`(() => {
		const found = [...document.querySelectorAll(".card")].map((card) => ({
			id: card.querySelector("a").pathname.match(/^\/m\/([^/]+)/)?.[1],
			n: Number(card.querySelector(".card-count .big")?.textContent.replace(/\D/g, "") ?? 0),
		})).filter((x) => x.id);
		return found.reverse().sort((x, y) => y.n - x.n)[0]?.id ?? "";
	})()`, &id)
	return id
}

func visitor(b *tab, look look) {
	b.visit("/sign-in")
	look(b, "sign-in")
	b.write("#signin-email", "nobody@example.test")
	b.write("#signin-password", "not the right one")
	b.follow("main button", "Sign in")
	b.status(401)
	look(b, "sign-in-wrong")
	b.visit("/s/no-such-statement?lang=de")
	b.status(404)
	look(b, "statement-unknown")
	b.visit("/no/such/page")
	b.status(404)
	look(b, "not-found")
}

func newcomer(b *tab, look look) {
	b.visit("/")
	look(b, "no-role")
}

func moderator(b *tab, look look) {
	b.visit("/")
	look(b, "home")
	b.click(".menu-end > summary", "")
	look(b, "menu")
	b.click("[data-open-help]", "")
	look(b, "keyboard-help")
	b.visit("/preferences")
	look(b, "preferences")
	b.visit(b.site.at("/templates"))
	look(b, "templates")
	b.visit(b.site.at("/jump?q=nowhere"))
	look(b, "jump-nowhere")
	b.press("k", input.ModifierCtrl)
	b.await(`document.querySelector("#palette").open`, "Ctrl K opens the palette")
	look(b, "palette")
	b.visit(b.site.at("/break"))
	look(b, "break")
	b.visit(b.site.at("/desk"))
	look(b, "desk")
	b.follow("main button, main a.button", "n")
	ticket := b.path()
	look(b, "ticket")
	b.click("#ask > summary", "")
	b.click(`.reason:has([value="COORDINATED_MANIPULATION"]) label`, "")
	look(b, "ticket-asking")
	b.eval(`document.querySelector("#remove-form").noValidate = true`, nil)
	b.write("#remove-justification", "A negative review.")
	b.follow("#remove-form button", "Send the request")
	b.status(422)
	look(b, "ticket-errors")
	b.visit(ticket)
	b.click("#skip > summary", "")
	look(b, "ticket-skipping")
	b.click("#escalate > summary", "")
	look(b, "ticket-escalating")
	b.visit(b.site.at("/desk"))
	look(b, "desk-held")
	b.visit(ticket)
	b.click("#ask > summary", "")
	b.fillRequest()
	b.follow("#remove-form button", "Send the request")
	b.sees("Your request is with the approvers")
	look(b, "desk-asked")
	b.visit(ticket)
	look(b, "ticket-waiting")
	b.visit(b.site.at("/requests"))
	look(b, "requests")
	b.follow(".item a", "")
	look(b, "own-proposal")
	b.visit(b.site.at("/interests"))
	look(b, "interests")
	b.eval(`document.querySelector("main form[action$='/interests']").noValidate = true`, nil)
	b.write("#interest-seller", "No such shop")
	b.follow("main button", "Declare")
	b.status(422)
	look(b, "interests-errors")
	b.visit(b.site.at("/policy"))
	look(b, "policy")
	b.visit(b.site.at("/removals"))
	b.status(403)
	look(b, "forbidden")
	b.visit("/m/elsewhere/desk")
	b.status(404)
	look(b, "no-marketplace")
}

func supervisor(b *tab, look look) {
	b.visit("/")
	look(b, "home")
	b.visit(b.site.at("/approvals"))
	look(b, "approvals")
	b.follow(".item:not(.item-barred) .item-words a", "")
	proposal := b.path()
	look(b, "proposal")
	b.openEvidence()
	look(b, "proposal-opened")
	b.write("#say-question", "Which account was it that you looked up?")
	b.follow("#thread button", "Ask")
	b.sees("Your question is with the requester")
	look(b, "proposal-asked")
	b.visit(b.site.at("/approvals?show=all"))
	look(b, "approvals-all")
	b.visit(b.site.at("/approvals?show=decided"))
	look(b, "approvals-decided")
	b.visit(proposal)
	b.eval(`document.querySelector(".work-right form").noValidate = true`, nil)
	b.write("#decide-note", "ok")
	b.follow("button", "Approve the removal")
	b.status(422)
	look(b, "proposal-errors")
	b.eval(`document.querySelector("[name=digest]").value = "00"`, nil)
	b.write("#decide-note", note)
	b.follow("button", "Approve the removal")
	b.status(409)
	look(b, "conflict")
	b.visit(proposal)
	b.write("#decide-note", note)
	b.follow("button", "Approve the removal")
	look(b, "approved")
	b.visit(proposal)
	look(b, "proposal-decided")
	b.follow(".review-more a", "")
	look(b, "review-restorable")
}

func auditor(b *tab, look look) {
	b.visit("/")
	look(b, "home")
	b.visit(b.site.at("/removals"))
	look(b, "removals")
	b.follow("th a", "")
	look(b, "review")
	b.visit(b.site.at("/removals?state=declined&from=2020-01-01&to=2099-12-31"))
	look(b, "removals-narrowed")
	b.visit(b.site.at("/removals?from=2000-01-01&to=2000-01-02"))
	look(b, "removals-none")
	b.visit(b.site.at("/removals?from=yesterday&seller=No+such+shop&stars=7&colour=red"))
	b.status(422)
	look(b, "removals-errors")
	b.visit(b.site.at("/removals?state=effective&stars=1"))
	b.write("#save-name", "Removed, one star")
	b.follow("main button", "Keep it")
	b.sees("Kept.", "Removed, one star")
	look(b, "removals-kept")
	b.visit(b.site.at("/filters"))
	look(b, "filters")
	b.visit(b.site.at("/removals"))
	b.follow("td[data-label=Seller] a", "")
	look(b, "seller")
	b.visit(b.site.at("/removals?state=effective&state=declined"))
	b.follow("td[data-label=Moderator] a", "")
	look(b, "one-moderator")
	b.follow(".breakdowns a[href*='/pairs/']", "")
	look(b, "requester-and-approver")
	b.visit(b.site.at("/removals/compare"))
	look(b, "compare")
	b.visit(b.site.at("/removals/compare?from=2026-02-02&to=2026-02-01"))
	b.status(422)
	look(b, "compare-errors")
	b.visit(b.site.at("/board"))
	look(b, "board")
	b.visit(b.site.at("/looks?show=all"))
	look(b, "looks")
	b.visit(b.site.at("/board"))
	b.follow("th a", "and")
	look(b, "pair")
	b.visit(b.site.at("/appeals"))
	look(b, "appeals")
	b.visit(b.site.at("/statements"))
	look(b, "statements")
	b.visit(b.site.at("/neutrality"))
	look(b, "neutrality")
	b.visit(b.site.at("/record"))
	look(b, "record")
	b.click(".entry summary", "")
	look(b, "record-entry")
	b.follow(".entry details[open] a", "proof")
	b.proofHolds()
	b.click(".proof-parts summary", "")
	look(b, "entry")
	b.visit(b.site.at("/log"))
	look(b, "log")
	b.visit(b.site.at("/record?outcome=refused&from=2000-01-01&to=2000-01-02"))
	look(b, "record-none")
}

func administrator(b *tab, look look) {
	b.visit("/")
	look(b, "home")
	b.visit("/people")
	look(b, "people")
	b.follow(".nav a", "Erasures")
	look(b, "erasures")
	b.eval(`document.querySelector("main form[action$='/erasures']").noValidate = true`, nil)
	b.write("#erase-customer", "nobody")
	b.follow("main button", "Ask for the erasure")
	b.status(422)
	look(b, "erasures-errors")
	b.follow(".nav a", "Settings")
	look(b, "settings")
	b.write("#settings-lease_minutes", "600")
	b.write("#settings-justification", "too short")
	b.eval(`document.querySelector("main form[action$='/settings']").noValidate = true`, nil)
	b.follow("main button", "Ask for the change")
	b.status(422)
	look(b, "settings-errors")
	b.write("#settings-lease_minutes", "60")
	b.write("#settings-justification", "The review desk was measured in spring, and this is what came of it.")
	b.follow("main button", "Ask for the change")
	look(b, "settings-request")
	b.follow(".nav a", "Routing")
	look(b, "routing")
	routing := b.path()
	b.follow(".items a", "")
	look(b, "routing-request")
	b.visit(routing + "/edit")
	look(b, "routing-edit")
	b.write("#r0-queue", "Not a queue")
	b.follow(".buttons button", "Preview")
	b.status(422)
	look(b, "routing-errors")
	b.write("#r0-queue", "sure")
	b.follow(".buttons button", "Preview")
	b.status(200)
	look(b, "routing-preview")
	b.follow(".preview td a", "")
	look(b, "routed")
}

// bare leads through the pages that are empty on a new site, and through reviews that try to leave their place.
func bare(t *testing.T, look look) {
	s := open(t, sqlite(t), folder(t, hostile()...))
	mo, ben := s.staff(t, "Mona Ortega", "moderator"), s.staff(t, "Ben Okafor", "moderator", "supervisor")
	ada := s.as(t, s.staff(t, "Ada Ditmars", "auditor"))
	for _, page := range []string{"removals", "board", "record"} {
		ada.visit(s.at("/" + page))
		look(ada, "empty-"+page)
	}
	b := s.as(t, mo)
	b.visit(s.at("/requests"))
	look(b, "empty-requests")
	for i := range hostile() {
		b.visit(s.at("/desk"))
		b.follow("button", "Take the next ticket")
		var first string
		b.eval(`document.querySelector(".words").innerText.trim().slice(0, 1)`, &first)
		look(b, "hostile-ticket-"+string(rune('a'+i)))
		b.click("#ask > summary", "")
		b.fillRequest()
		b.follow("#remove-form button", "Send the request")
	}
	b.visit(s.at("/desk"))
	b.follow("button", "Take the next ticket")
	look(b, "empty-desk")
	b.visit(s.at("/requests"))
	look(b, "hostile-requests")
	c := s.as(t, ben)
	c.visit(s.at("/approvals"))
	look(c, "hostile-approvals")
	c.follow(".item-words a", "")
	look(c, "hostile-proposal")
	ada.visit(s.at("/removals"))
	look(ada, "hostile-removals")
	ada.follow("th a", "")
	look(ada, "hostile-review")
}
