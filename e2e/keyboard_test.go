package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"
)

// tabTo presses Tab until the focus is on an element, and wants to see where it is at each step.
func (b *tab) tabTo(css string) {
	b.t.Helper()
	for range 150 {
		b.press(kb.Tab)
		var at struct {
			There, Shown bool
			What         string
		}
		b.eval(fmt.Sprintf(`(() => {
			const e = document.activeElement, s = getComputedStyle(e);
			const shown = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 ||
				getComputedStyle(e, "::after").outlineStyle !== "none" || e.querySelector?.("rect, circle, path") != null || e.matches(".when");
			return { There: e.matches(%s), Shown: shown, What: e.outerHTML.slice(0, 200) };
		})()`, quoted(css)), &at)
		if !at.Shown {
			b.t.Errorf("the focus can't be seen on %s", at.What)
		}
		if at.There {
			return
		}
	}
	b.t.Fatalf("Tab never reaches %s\n%s", css, b.page())
}

// typed writes into the field that has the focus.
func (b *tab) typed(text string) { b.t.Helper(); b.do(input.InsertText(text)) }

func (b *tab) keyLeads(what, keys string, modifiers ...input.Modifier) {
	b.t.Helper()
	b.moved(what, func() { b.press(keys, modifiers...) })
}

func TestOneRemovalByKeyboard(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite(t), folder(t, ordinary(20)...))
	mo := s.browser(t)
	a, supervising := s.staff(t, "Mona Ortega", "moderator"), s.staff(t, "Sue Vance", "supervisor") // before there is anything to draw them for
	mo.visit("/sign-in")
	mo.typed(a.email) // the field has the focus
	mo.tabTo("#signin-password")
	mo.typed(a.password)
	mo.keyLeads("signing in", kb.Enter)

	mo.press("g")
	mo.keyLeads("g q", "q")
	mo.sees("The desk")
	mo.keyLeads("n", "n")
	mo.sees("Keep it, or ask for its removal?")
	mo.press("r")
	mo.await(`document.querySelector("#ask").open && document.activeElement.name === "reason"`, "r opens the form")
	mo.press("1")
	mo.await(`document.querySelector('[name="reason"]:checked')?.value === "FAKE_EXPERIENCE"`, "1 chooses the first reason")
	mo.tabTo("#remove-evidence_order")
	mo.typed(evidence)
	mo.tabTo("#remove-justification")
	mo.typed(why)
	mo.press(kb.Enter, input.ModifierCtrl)
	mo.sees("nothing is on record until then")
	mo.press("z")
	mo.await(fmt.Sprintf(`!document.querySelector(".toast progress") && document.activeElement.value === %s`, quoted(why)), "z puts the form back")
	mo.press(kb.Enter, input.ModifierCtrl)
	mo.sees("nothing is on record until then")
	mo.keyLeads("Ctrl Enter once more", kb.Enter, input.ModifierCtrl)
	mo.sees("Your request is with the approvers")

	// The next one is kept, with one key. Pressing it again sends nothing sooner, and who goes on has decided.
	mo.keyLeads("n", "n")
	mo.press("y")
	mo.press("y")
	mo.sees("The review is kept. Sent in ten seconds")
	mo.press("g")
	mo.keyLeads("g q", "q")
	mo.sees("the review stays published")

	sue := s.as(t, supervising)
	sue.press("g")
	sue.keyLeads("g a", "a")
	sue.press("j")
	sue.keyLeads("o", "o")
	sue.sees("Should this review be removed?")
	sue.press("i")
	sue.await(`document.activeElement.id === "decide-note"`, "i leads to the note")
	sue.typed(note)
	sue.tabTo(`button[formaction*="/evidence/1"]`)
	sue.keyLeads("opening the evidence", kb.Enter)
	sue.sees(evidence)
	sue.await(`document.querySelector("#decide-note").value.length > 0`, "what was typed stays")
	sue.tabTo("#say-question")
	sue.typed("Which account was it that you looked up?")
	sue.keyLeads("asking", kb.Enter, input.ModifierCtrl)
	sue.sees("Your question is with the requester", "An answer is due")

	mo.press("g")
	mo.keyLeads("g r", "r")
	mo.sees("An approver asks you something")
	mo.tabTo(`a[href$="#thread"]`)
	mo.keyLeads("to the question", kb.Enter)
	mo.tabTo("#say-answer")
	mo.typed("The one that wrote the review, of course.")
	mo.keyLeads("answering", kb.Enter, input.ModifierCtrl)
	mo.sees("Your answer is on record")

	sue.press("g")
	sue.keyLeads("g a, once more", "a")
	sue.sees("answered")
	sue.press("j")
	sue.keyLeads("Enter", kb.Enter)
	sue.sees("The one that wrote the review, of course.")
	sue.tabTo(`button[formaction$="/approve"]`)
	sue.keyLeads("approving", kb.Enter)
	sue.sees("Two people have agreed")
}

// singleKeys are all that can be typed with one stroke.
const singleKeys = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/?.,;:!@#$%^&*()-_=+[]{}'\"\\|`~<> "

// No single key sends a request for a removal, or a verdict, even with the form filled in.
func TestNoSingleKeyDecides(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite(t), folder(t, ordinary(30)...))
	mo := s.as(t, s.staff(t, "Mona Ortega", "moderator", "supervisor"))
	sue := s.as(t, s.staff(t, "Sue Vance", "supervisor"))
	_, proposal := mo.ask()

	mo.visit(s.at("/desk"))
	mo.follow("button", "Take the next ticket")
	mo.click("#ask > summary", "")
	mo.fillRequest()
	mo.everyKey("y") // y keeps the review, and is meant to

	sue.visit(proposal)
	sue.write("#decide-note", note)
	sue.everyKey("")
	sue.visit(proposal)
	sue.sees("Should this review be removed?")
	mo.visit(s.at("/requests"))
	var requests int
	mo.eval(`document.querySelectorAll(".item").length`, &requests)
	if requests != 1 {
		t.Errorf("%d requests, want the one that was sent by its button", requests)
	}
}

// everyKey presses every key but some, outside fields, and fails the test when a form is sent.
func (b *tab) everyKey(but string) {
	b.t.Helper()
	b.eval(`addEventListener("submit", (e) => {
		if (e.target.method !== "post") return;
		e.preventDefault();
		(window.submitted ??= []).push(e.target.action);
	}, true)`, nil)
	// Ways to other pages are no decisions: they are taken away.
	b.eval(`document.querySelectorAll("[data-go], a[data-key]").forEach((e) => e.remove())`, nil)
	for _, key := range singleKeys {
		if string(key) == but {
			continue
		}
		b.eval(`document.activeElement.blur(); document.querySelector("dialog[open]")?.close()`, nil)
		b.press(string(key))
	}
	time.Sleep(100 * time.Millisecond)
	var sent []string
	b.eval(`window.submitted ?? []`, &sent)
	if len(sent) > 0 {
		b.t.Errorf("single keys sent %v", sent)
	}
}
