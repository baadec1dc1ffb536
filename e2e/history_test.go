package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// The auditor's way through the history without a mouse: filter, row, story, subject, and back.
func TestHistoryByKeyboard(t *testing.T) {
	t.Parallel()
	s := *demo(t)
	b := s.browser(t)
	b.signIn(s.one(t, "auditor"))
	b.visit("/")
	s.market = b.market()
	b.visit(s.at("/removals"))
	b.press("/")
	b.await(`document.activeElement.name === "seller"`, "/ goes to the first filter")
	b.eval(`document.activeElement.value = ""`, nil) // the driver types the key, too, which a keyboard doesn't
	b.tabTo(`[name=state][value=declined]`)
	b.press(" ")
	b.await(`document.activeElement.checked`, "space chooses a state")
	b.tabTo(".facets .button")
	b.keyLeads("showing", kb.Enter)
	b.sees("Declined ×", "Clear all")
	b.press("j")
	b.press("j")
	b.await(`document.querySelectorAll("[data-row]")[1].matches("[data-here]")`, "j goes down")
	b.keyLeads("Enter opens the row", kb.Enter)
	b.sees("Its story", "Tickets")
	b.keyLeads("u goes back to the list", "u")
	b.press("j")
	b.tabTo("td[data-label=Moderator] a")
	b.keyLeads("a moderator", kb.Enter)
	b.sees("reviews decided on", "One after the other")
}

// Without JavaScript the filter is a form, a saved filter is kept and deleted, and two periods are compared.
func TestHistoryWithoutScript(t *testing.T) {
	t.Parallel()
	s := *demo(t)
	b := s.browser(t)
	b.signIn(s.one(t, "auditor"))
	b.visit("/")
	s.market = b.market()
	b.noScript()
	b.visit(s.at("/removals"))
	b.click(`[name=stars][value="1"]`, "")
	b.follow(".facets .button", "Show")
	b.sees("Stars", "Clear all")
	b.write("#save-name", "One star, no script")
	b.follow("button", "Keep it")
	b.sees("Kept.")
	b.follow("a", "Rename or delete")
	b.sees("One star, no script")
	b.follow(".item form[action$='/delete'] button", "Delete")
	b.sees("Deleted.")
	b.visit(s.at("/removals"))
	b.follow("a", "Compare two periods")
	b.follow("a", "7 days")
	b.sees("Everything together")
}
