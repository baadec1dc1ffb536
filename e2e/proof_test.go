package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// proofHolds waits for what the browser found.
func (b *tab) proofHolds() {
	b.t.Helper()
	b.await(`document.querySelector("[data-proof-verdict]")?.dataset.tone !== undefined`, "the proof's verdict")
	b.sees("Checked by your browser: the log includes this entry.")
}

// verdict has the page's module check again what the page now says, and gives all its words.
func (b *tab) verdict() string {
	b.t.Helper()
	b.eval(`(() => {
		document.querySelector("[data-proof]").replaceChildren();
		delete document.querySelector("[data-proof-verdict]").dataset.tone;
		const app = document.querySelector("script[type=module]").src;
		import(app.replace("app.js", "proof.js")).then((m) => m.checkProof());
	})()`, nil)
	b.await(`document.querySelector("[data-proof-verdict]").dataset.tone !== undefined`, "the proof's verdict")
	var text string
	b.eval(`document.querySelector(".proof").innerText`, &text)
	return text
}

// An auditor's browser checks that an entry is in the log, remembers what it saw, and says when it doesn't fit.
func TestTheBrowserChecksTheLog(t *testing.T) {
	t.Parallel()
	s := *demo(t)
	b := s.browser(t).signIn(s.one(t, "auditor"))
	b.visit("/")
	s.market = b.market()
	b.visit(s.at("/removals"))
	b.follow("th a", "")
	b.follow(".event-ids a", "proof")
	b.proofHolds()
	b.sees("This browser sees this log for the first time")

	b.visit(s.at("/no-such-page")) // which is on nobody's record
	b.visit("/people")
	b.visit(s.at("/record"))
	b.click(".entry summary", "")
	b.follow(".entry details[open] a", "proof")
	b.proofHolds()
	b.sees("It continues the log of")
	page := b.path()

	for name, x := range map[string]struct{ change, want string }{
		"another text":      {`d.body = d.body.replace("act", "Act")`, "do not lead from this entry"},
		"another place":     {`d.index = Number(d.index) - 1`, "do not lead from this entry"},
		"half a path":       {`d.path = d.path.split(" ").slice(1).join(" ")`, "do not lead from this entry"},
		"another signature": {`d.note = d.note.replace(/ (\S{8})(\S{4})/, " $1AAAA")`, "isn’t signed by the key"},
		"another key":       {`d.keys = d.keys.replace(/\+(.)/, (m, c) => "+" + (c === "0" ? "1" : "0"))`, "isn’t signed by the key"},
		"a rewritten log":   {`remember((x) => { x.root = "00".repeat(32); })`, "History was rewritten"},
		"a log cut short":   {`remember((x) => { x.size = 9007199254740991; })`, "now it has fewer"},
		"a key exchanged":   {`remember((x) => { x.keys = ["other+00000000+AA=="]; })`, "key has changed"},
	} {
		b.visit(page)
		b.proofHolds()
		b.eval(fmt.Sprintf(`(() => {
				const d = document.querySelector("[data-proof]").dataset;
				const remember = (change) => {
					const place = Object.keys(localStorage).find((k) => k.startsWith("evenhand.log."));
					const x = JSON.parse(localStorage.getItem(place));
					globalThis.before = [place, JSON.stringify(x)];
					change(x);
					localStorage.setItem(place, JSON.stringify(x));
				};
				%s;
			})()`, x.change), nil)
		got := b.verdict()
		b.eval(`globalThis.before && localStorage.setItem(...globalThis.before)`, nil)
		if !strings.Contains(got, x.want) || !strings.Contains(got, "does NOT hold") {
			t.Errorf("%s: %s; want %q", name, got, x.want)
		}
	}
}
