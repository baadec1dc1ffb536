package e2e

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The palette, live counts, rest for pictures, breaks and preferences, as two people use them.
func TestComfort(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite(t), folder(t, ordinary(20)...))
	mo := s.as(t, s.staff(t, "Mona Ortega", "moderator"))
	sue := s.as(t, s.staff(t, "Sue Vance", "supervisor"))
	sue.visit(s.at("/approvals"))
	sue.await(`document.querySelector('[data-live="approvals"]').hidden`, "nothing waits")

	mo.visit(s.at("/desk"))
	mo.follow("button", "Take the next ticket")
	ticket := mo.path()
	mo.visit(s.at("/policy"))
	mo.jumpsTo("the ticket by its last digits", ticket[len(ticket)-8:], ticket)
	mo.jumpsTo("a page", "my req", s.at("/requests"))
	mo.visit(ticket)
	mo.jumpsFor("what can be done here", "remedy", `document.querySelector("#ask").open`)
	mo.fillRequest()
	picture := filepath.Join(t.TempDir(), "order.png")
	if err := os.WriteFile(picture, drawn(t), 0o600); err != nil {
		t.Fatal(err)
	}
	mo.do(chromedp.SetUploadFiles("#remove-files", []string{picture}))
	mo.follow("button", "See what is missing")
	mo.rests()
	mo.follow("#remove-form button", "Send the request")
	mo.sees("Your request is with the approvers")

	sue.await(`document.querySelector('[data-live="approvals"]').textContent === "1"`, "the count follows without a reload")
	sue.jumpsFor("nothing that isn't theirs", ticket[len(ticket)-8:], `!document.querySelector("[data-palette-none]").hidden`)
	sue.press(kb.Escape)
	sue.visit("/preferences")
	sue.write("#prefer-time_zone", "Asia/Kathmandu")
	sue.choose("#prefer-media", "as they are")
	sue.follow("main button", "Keep them")
	sue.sees("Kept.", "Times are in Asia/Kathmandu, as you chose")
	sue.visit(s.at("/approvals"))
	sue.follow(".item-words a", "")
	sue.openEvidence()
	sue.eval(`document.querySelector(".media-plain").scrollIntoView({ block: "center" })`, nil)
	sue.await(`document.querySelector(".media-plain img").naturalWidth > 0`, "a picture that needn't rest is shown")

	// The one who works on is asked whether they wouldn't rest, and the ticket comes back.
	mo.visit(s.at("/desk"))
	mo.follow("button", "Take the next ticket")
	ticket = mo.path()
	mo.eval(`localStorage.setItem("evenhand.work-since", String(Date.now() - 51 * 60_000)); localStorage.setItem("evenhand.work-seen", String(Date.now())); 0`, nil)
	mo.visit(ticket)
	mo.sees("You have been at it for a while")
	mo.tabTo("[data-break-offer] button")
	mo.keyLeads("taking a break", kb.Enter)
	mo.sees("Nothing here needs you now", "Your ticket is let go")
	mo.visit(s.at("/desk"))
	mo.follow("button", "Take the next ticket")
	if mo.path() != ticket {
		t.Errorf("after the break %s comes, not %s", mo.path(), ticket)
	}
	mo.await(`document.querySelector("[data-break-offer]").hidden`, "after a break nothing is suggested")
}

// jumpsFor opens the palette, types, and awaits what Enter, or the typing alone, brings about.
func (b *tab) jumpsFor(what, text, holds string) {
	b.t.Helper()
	b.palette(text)
	if b.holdsNow(holds) {
		return
	}
	b.press(kb.Enter)
	b.await(holds, what)
}

func (b *tab) holdsNow(expression string) bool {
	var ok bool
	return b.tryEval(fmt.Sprintf(`new Promise((done) => setTimeout(() => done(Boolean(%s)), 600))`, expression), &ok) == nil && ok
}

// jumpsTo is jumpsFor for what leads to another page.
func (b *tab) jumpsTo(what, text, to string) {
	b.t.Helper()
	b.palette(text)
	b.await(`document.querySelector('#palette-list [aria-selected="true"]')?.id === document.querySelector("#palette-q").getAttribute("aria-activedescendant")`, "the first way is marked")
	b.keyLeads(what, kb.Enter)
	if b.path() != to {
		b.t.Errorf("%s leads to %s, not to %s", what, b.path(), to)
	}
}

func (b *tab) palette(text string) {
	b.t.Helper()
	b.press("k", input.ModifierCtrl)
	b.await(`document.querySelector("#palette").open && document.activeElement.id === "palette-q"`, "Ctrl K opens the palette")
	b.typed(text)
}

// rests makes sure that a picture is blurred until somebody asks, by the keyboard too.
func (b *tab) rests() {
	b.t.Helper()
	b.eval(`document.querySelector(".media-blur").scrollIntoView({ block: "center" })`, nil)
	b.await(`document.querySelector(".media-blur img").naturalWidth > 0`, "the picture is there")
	blur := `getComputedStyle(document.querySelector(".media img")).filter.includes("blur")`
	b.await(blur, "a picture rests")
	b.tabTo(".media-show")
	b.press(" ")
	b.await("!"+blur, "asking shows it")
}

func drawn(t *testing.T) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 120, 60))
	for i := range 60 {
		img.SetGray(i, i, color.Gray{200})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
