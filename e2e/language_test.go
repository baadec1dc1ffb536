package e2e

import (
	"os"
	"strings"
	"testing"
)

// A reader chooses German in the menu before they sign in, and reads everything in it from then on; nothing is cut off by
// its longer words, and a screen reader is told the language.
func TestGermanAccessibleAndFits(t *testing.T) {
	t.Parallel()
	source, err := axe()
	if err != nil {
		missing(t, "no axe-core: %v (npm install in e2e)", err)
	}
	for role, walk := range map[string][]string{
		"moderator":     {"/desk", "/requests", "/interests", "/policy"},
		"supervisor":    {"/approvals", "/approvals?show=all", "/appeals"},
		"auditor":       {"/removals", "/removals/compare", "/board", "/looks", "/holds", "/statements", "/neutrality", "/record", "/log", "/filters"},
		"administrator": {"/erasures", "/settings", "/routing", "/routing/edit"},
	} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			s := *demo(t)
			b := s.browser(t)
			b.media("light")
			b.size(1280, 900)
			b.visit("/sign-in")
			b.click(".menu-end > summary", "")
			b.follow("[name=language]", "Deutsch")
			b.sees("evenhand lässt Bewertungen, wo Kunden sie hingestellt haben.")
			b.signIn(s.one(t, role))
			b.visit("/")
			if s.market = b.market(); role == "administrator" {
				s.market = "demo" // where somebody has asked for other settings and other rules
			}
			look := func(name string) {
				b.speaksGerman(name)
				b.eval(source+";0", nil)
				b.accessible(name+", "+role, "undefined")
				for _, width := range []int64{360, 1280} {
					b.size(width, 900)
					b.fits(name, width)
					if os.Getenv(envShots) != "" {
						b.picture("shots/de-" + role + "-" + name + map[int64]string{360: "-360", 1280: "-1280"}[width] + ".png")
					}
				}
			}
			look("home")
			for _, path := range walk {
				b.visit(b.site.at(path))
				look(strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(path[1:]))
			}
			switch role {
			case "moderator":
				b.visit(b.site.at("/desk"))
				b.follow(`form[action$="/desk/next"] button, .held a.button`, "")
				look("ticket")
				b.click("#ask > summary", "")
				b.sees("0 von 40") // the counter speaks German, too
				look("ticket-asking")
				b.visit(b.site.at("/desk"))
				b.sees("Von den Vorgängen der Woche") // their own pace
			case "supervisor":
				b.visit(b.site.at("/approvals?show=all"))
				b.follow(".item-words a", "")
				look("proposal")
			case "auditor":
				b.visit(b.site.at("/removals"))
				b.follow("th a", "")
				look("review")
				b.visit(b.site.at("/record"))
				b.click(".entry summary", "")
				b.follow(".entry details[open] a", "Nachweis")
				b.sees("Von Ihrem Browser geprüft")
				look("entry")
			case "administrator":
				b.visit("/people")
				look("people")
				b.visit(b.site.at("/settings"))
				b.follow(".item-head a", "")
				look("settings-request")
				b.visit(b.site.at("/routing"))
				b.follow(".item-head a", "")
				look("routing-request")
				b.follow("td a", "Vorgang")
				look("routed")
				b.visit(b.site.at("/routing/edit"))
				b.eval(`document.querySelector("[name=r0-due]").value = "viele";0`, nil)
				b.follow(".buttons [value=preview]", "Vorschau")
				b.sees("keine ganze Zahl")
				look("routing-mistake")
				b.visit(b.site.at("/routing/edit"))
				b.eval(`document.querySelector("[name=r0-due]").value = "2";0`, nil)
				b.follow(".buttons [value=preview]", "Vorschau")
				b.sees("Was sich an den Regeln ändern würde")
				look("routing-preview")
				b.visit(b.site.at("/settings"))
				b.eval(`document.querySelector("[name=lease_minutes]").value = "viele";0`, nil)
				b.eval(`document.querySelector("form[action$='/settings']").noValidate = true;0`, nil)
				b.follow("form[action$='/settings'] > .button", "")
				b.sees("Schreiben Sie eine ganze Zahl von 1 bis 120.")
				look("settings-mistake")
			}
		})
	}
}

// speaksGerman wants the page to say it is German, and no sentence of ours in English.
func (b *tab) speaksGerman(name string) {
	b.t.Helper()
	var found []string
	b.eval(`(() => {
		if (document.documentElement.lang !== "de") return ["lang is " + document.documentElement.lang];
		const foreign = "bdi, blockquote, q, code, kbd, pre, textarea, script, style, [lang=en], .said-text, .flag-text";
		const english = /\b(the|and|of|with|you|your|were|this|that|not|asked|removed|approved|declined|review|reviews|request|nobody|who|what|it)\b/i;
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		const out = [];
		while (walk.nextNode()) {
			const text = walk.currentNode.data.trim().replace(/„[^“]*“/g, "");
			if (english.test(text) && !walk.currentNode.parentElement.closest(foreign)) out.push(text);
		}
		return out;
	})()`, &found)
	for _, text := range found {
		b.t.Errorf("%s says in English: %s", name, text)
	}
}
