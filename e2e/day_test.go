package e2e

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"
)

// workplace is how somebody works: the window, its colours, and whether the page's scripts run.
type workplace struct {
	width   int64
	scheme  string
	scripts bool
}

func (w workplace) String() string {
	scripts := "with scripts"
	if !w.scripts {
		scripts = "without scripts"
	}
	return fmt.Sprintf("%d px, %s, %s", w.width, w.scheme, scripts)
}

// workplaces are six in which each width meets each colour scheme and each way of scripts, and those two each other; all
// twelve with EVENHAND_SOAK=1.
func workplaces() []workplace {
	var out []workplace
	for i, width := range []int64{360, 1280, 1920} {
		for j, scripts := range []bool{true, false} {
			schemes := []string{"light", "dark"}
			if os.Getenv("EVENHAND_SOAK") == "" {
				schemes = schemes[(i+j)%2:][:1]
			}
			for _, scheme := range schemes {
				out = append(out, workplace{width, scheme, scripts})
			}
		}
	}
	return out
}

// Each role's day, one after the other at the same desk, by keyboard alone.
func TestADayOfEachRoleByKeyboard(t *testing.T) {
	t.Parallel()
	for _, w := range workplaces() {
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			d := openDay(t, w)
			d.moderator()
			d.supervisor()
			d.auditor()
			d.investigator()
			d.administrator()
			if out := run(t, d.site.settings, "verify", "--draws"); out == "" {
				t.Error("verify prints nothing")
			}
		})
	}
}

// aDay is a desk with one person of each role.
type aDay struct {
	t        *testing.T
	at       workplace
	site     *site
	accounts map[string]account
	mona     *tab // the moderator, who is asked back by the supervisor
}

func openDay(t *testing.T, at workplace) *aDay {
	d := &aDay{t: t, at: at, site: open(t, sqlite(t), folder(t, ordinary(40)...)), accounts: map[string]account{}}
	for _, role := range []string{"moderator", "supervisor", "auditor", "investigator", "administrator"} {
		d.accounts[role] = d.site.staff(t, "One "+role, role)
	}
	return d
}

// arrive signs somebody in by the keys.
func (d *aDay) arrive(role string) *tab {
	d.t.Helper()
	b := d.site.browser(d.t)
	b.size(d.at.width, 900)
	b.media(d.at.scheme)
	if !d.at.scripts {
		b.noScript()
	}
	a := d.accounts[role]
	b.visit("/sign-in")
	b.tabTo("#signin-email, #signin-password") // the address may have the focus already
	if b.on("#signin-password") {
		b.pressShiftTab()
	}
	b.typed(a.email)
	b.tabTo("#signin-password")
	b.typed(a.password)
	b.keyLeads("signing in", kb.Enter)
	b.fits("the first page of a "+role, d.at.width)
	return b
}

// way goes to a page by the navigation, or from the first page.
func (d *aDay) way(b *tab, label, path string) {
	d.t.Helper()
	b.enter(fmt.Sprintf(`.nav a[href$=%[1]q], .card a[href$=%[1]q]`, path), "to "+label)
	b.fits(label, d.at.width)
}

func (d *aDay) moderator() {
	b := d.arrive("moderator")
	d.mona = b
	d.way(b, "the desk", "/desk")
	take := func() {
		b.enter(`form[action$="/desk/next"] button, .held a.button`, "taking the next ticket")
		b.sees("Keep it, or ask for its removal?")
		b.fits("a ticket", d.at.width)
	}
	take()
	b.enter("#keep-form button", "keeping")
	b.sees("the review stays published")
	take()
	b.opens("#skip > summary")
	b.tabTo("#skip-reason")
	b.press("Upset") // as in any list, the first letters choose
	b.enter(`#skip form button`, "skipping")
	b.sees("skipped")
	take()
	b.opens("#ask > summary")
	b.tabTo(`[name="reason"]`)
	b.press(" ")
	b.tabTo("#remove-evidence_order")
	b.typed(evidence)
	b.tabTo("#remove-justification")
	b.typed(why)
	b.enter(`#remove-form button[formaction$="/check"]`, "seeing what is missing")
	b.sees("Nothing is missing")
	b.fits("a ticket being asked about", d.at.width)
	b.enter(`#remove-form .button-remove`, "sending the request")
	b.sees("Your request is with the approvers")
	d.way(b, "own requests", "/requests")
	b.sees("Fake experience")
	d.way(b, "interests", "/interests")
	b.tabTo("#interest-seller")
	b.typed(fmt.Sprintf("%032x", 4000))
	b.tabTo("#interest-relation")
	b.press(kb.ArrowDown)
	b.enter(`main form[action$="/interests"] button`, "declaring an interest")
	b.sees("It has ended")
}

func (d *aDay) supervisor() {
	b := d.arrive("supervisor")
	d.way(b, "the approvals", "/approvals")
	b.enter(".item-words a", "opening the request")
	b.sees("Should this review be removed?")
	b.fits("a request", d.at.width)
	proposal := b.path()
	b.enter(`button[formaction*="/evidence/1"]`, "opening the evidence")
	b.sees(evidence)
	b.tabTo("#say-question")
	b.typed("Which account was it that you looked up?")
	b.enter(`#thread button`, "asking back")
	b.sees("Your question is with the requester")

	d.way(d.mona, "own requests", "/requests")
	d.mona.enter(`a[href$="#thread"]`, "to the question")
	d.mona.tabTo("#say-answer")
	d.mona.typed("The one that wrote the review, of course.")
	d.mona.enter(`#thread button`, "answering")
	d.mona.sees("Your answer is on record")

	d.way(b, "the approvals", "/approvals")
	b.enter(".item-words a", "opening the request again")
	b.sees("The one that wrote the review, of course.")
	if b.path() != proposal {
		d.t.Errorf("the inbox leads to %s, not to %s", b.path(), proposal)
	}
	b.tabTo("#decide-note")
	b.typed(note)
	b.enter(`button[formaction$="/approve"]`, "approving")
	b.sees("Two people have agreed")
	b.fits("the inbox, after approving", d.at.width)
}

func (d *aDay) auditor() {
	b := d.arrive("auditor")
	d.way(b, "the removals", "/removals")
	b.enter("th a", "opening the story")
	b.sees(why, note, "Customers can’t read it")
	b.fits("a review's story", d.at.width)
	d.way(b, "the board", "/board")
	b.sees("How this is computed")
	d.way(b, "second looks", "/looks")
	d.way(b, "the record", "/record")
	b.opens(".entry summary")
	b.enter(`.entry details[open] a`, "to the proof of an entry")
	if d.at.scripts {
		b.proofHolds()
	}
	d.way(b, "the log", "/log")
	b.fits("the log", d.at.width)
}

// investigator asks for the erasure of what a customer wrote, and the administrator agrees.
func (d *aDay) investigator() {
	b := d.arrive("investigator")
	d.way(b, "the removals", "/removals")
	d.way(b, "erasures", "/erasures")
	b.tabTo("#erase-customer")
	b.typed(fmt.Sprintf("%032x", 2001))
	b.tabTo("#erase-reference")
	b.typed("C-1029")
	b.tabTo("#erase-justification")
	b.typed("The customer asked by letter of the first, and the address is the account's.")
	b.enter(`main form[action$="/erasures"] button`, "asking for the erasure")
	b.sees("Nothing is erased until somebody else has agreed")
}

func (d *aDay) administrator() {
	b := d.arrive("administrator")
	d.way(b, "the people", "/people")
	b.sees("One moderator")
	b.visit("/") // the people are of all marketplaces; the way back leads over the first page
	d.way(b, "erasures", "/erasures")
	b.enter(".item-head a", "opening the erasure")
	b.tabTo("#decide-note")
	b.typed("The letter is in the case, and the signature fits.")
	b.enter(`button[formaction$="/approve"]`, "approving the erasure")
	b.sees("Erased. The text is gone")
	b.fits("the erasure, done", d.at.width)
}

// enter goes to an element by Tab, presses Enter, and awaits the next page.
func (b *tab) enter(css, what string) {
	b.t.Helper()
	b.tabTo(css)
	b.keyLeads(what, kb.Enter)
}

// opens opens a part of the page.
func (b *tab) opens(summary string) {
	b.t.Helper()
	b.tabTo(summary)
	b.press(kb.Enter)
	b.await(fmt.Sprintf("document.querySelector(%s).parentElement.open", quoted(summary)), summary+" opens")
}

// on says whether an element has the focus.
func (b *tab) on(css string) bool {
	b.t.Helper()
	var there bool
	b.eval(fmt.Sprintf("document.activeElement.matches(%s)", quoted(css)), &there)
	return there
}

func (b *tab) pressShiftTab() { b.t.Helper(); b.press(kb.Tab, input.ModifierShift) }
