package e2e

import (
	"context"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// hurry makes the page's minutes pass in a tenth of a second, and its clock run ahead by window.ahead milliseconds.
const hurry = `(() => {
	const every = window.setInterval, now = Date.now;
	window.setInterval = (f, ms) => every(f, ms === 60000 ? 100 : ms);
	window.ahead = 0;
	Date.now = () => now.call(Date) + window.ahead;
	window.renewed = [];
	const fetched = window.fetch;
	window.fetch = async (...args) => { const r = await fetched(...args); window.renewed.push(r.status); return r; };
})()`

func (b *tab) hurry() {
	b.t.Helper()
	b.do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(hurry).Do(ctx)
		return err
	}))
}

func TestTheLeaseIsRenewedWhileThePageIsOpen(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, settings []string) {
		s := open(t, settings, folder(t, review{1, "The only one", "Never arrived."}))
		mo := s.as(t, s.staff(t, "Mona Ortega", "moderator"))
		mo.hurry()
		mo.visit(s.at("/desk"))
		mo.follow("button", "Take the next ticket")
		mo.await(`/^\d+:\d\d left$/.test(document.querySelector(".lease").textContent)`, "the time left counts down")
		mo.await(`window.renewed.filter((status) => status === 200).length >= 2`, "the lease is renewed")

		// In another window the ticket is given back, and somebody else takes it.
		ticket, other := mo.path(), mo.tab()
		mo.click("#ask > summary", "")
		mo.write("#remove-justification", "Half a sentence")
		other.visit(ticket)
		other.follow("button", "Put it back undecided")
		mo.await(`document.querySelector(".lease").textContent === "no longer yours"`, "the page says that the ticket is gone")
		mo.sees("Someone else may have this ticket now. What you wrote stays")
		ben := s.as(t, s.staff(t, "Ben Okafor", "moderator"))
		ben.visit(s.at("/desk"))
		ben.follow("button", "Take the next ticket")
		if ben.path() != ticket {
			t.Fatalf("Ben got %s", ben.path())
		}
	})
}

func TestAPageLeftOpenBeyondItsLeaseSaysSo(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite(t), folder(t, ordinary(20)...))
	mo := s.as(t, s.staff(t, "Mona Ortega", "moderator"))
	mo.hurry()
	mo.visit(s.at("/desk"))
	mo.follow("button", "Take the next ticket")
	mo.await(`window.renewed.length > 0`, "the lease is renewed")
	mo.eval(`void (window.fetch = () => Promise.reject(new Error("offline")))`, nil)
	mo.sees("evenhand can’t be reached just now", "What you wrote is kept")
	mo.eval(`void (window.ahead = 11 * 60000)`, nil)
	mo.await(`document.querySelector(".lease").textContent === "your hold has run out"`, "the page says that the hold is over")
}

func TestTenTabsOfOneTicket(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite(t), folder(t, ordinary(20)...))
	mo := s.as(t, s.staff(t, "Mona Ortega", "moderator"))
	mo.visit(s.at("/desk"))
	mo.follow("button", "Take the next ticket")
	ticket := mo.path()
	var tabs []*tab
	for range 9 {
		x := mo.tab()
		x.visit(ticket)
		x.click("#ask > summary", "")
		x.fillRequest()
		tabs = append(tabs, x)
	}
	mo.follow("#keep-form button", "Keep it published")
	mo.sees("the review stays published")
	for _, x := range tabs {
		x.follow("#remove-form button", "Send the request")
		x.status(409)
		x.sees("What you wrote")
		x.offers(why, evidence)
	}
	mo.visit(s.at("/requests"))
	mo.sees("You haven’t asked for a removal.")
}

// offers wants texts that can be copied from the page.
func (b *tab) offers(texts ...string) {
	b.t.Helper()
	var there []string
	b.eval(`[...document.querySelectorAll("textarea[readonly]")].map((e) => e.value)`, &there)
	for _, text := range texts {
		if !slices.Contains(there, text) {
			b.t.Errorf("the page doesn't offer %q to copy, only %q", text, there)
		}
	}
}

// A sign-in that ends while somebody writes costs them no words.
func TestTheTextOutlivesTheSignIn(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite(t), folder(t, ordinary(20)...))
	a := s.staff(t, "Mona Ortega", "moderator")
	mo := s.as(t, a)
	mo.visit(s.at("/desk"))
	mo.follow("button", "Take the next ticket")
	ticket, other := mo.path(), mo.tab()
	mo.click("#ask > summary", "")
	mo.fillRequest()
	other.visit("/")
	other.click(".menu-end > summary", "")
	other.follow("button", "Sign out")
	mo.follow("#remove-form button", "Send the request")
	mo.status(401)
	mo.sees("What you wrote")
	mo.offers(why, evidence)
	mo.signIn(a)
	mo.visit(ticket)
	mo.await(`document.querySelector("#remove-justification").value.startsWith("The order look-up")`, "the text is back")
}
