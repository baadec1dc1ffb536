package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// visit leads to an address of the site.
func (b *tab) visit(path string) {
	b.t.Helper()
	b.moved(path, func() {
		b.do(chromedp.ActionFunc(func(ctx context.Context) error {
			_, _, text, _, err := page.Navigate(b.site.url + path).Do(ctx)
			if err == nil && text != "" {
				err = errors.New(text)
			}
			return err
		}))
	})
}

// moved runs an act that leads to another page, and awaits that page.
func (b *tab) moved(what string, act func()) {
	b.t.Helper()
	b.eval("void (window.leaving = true)", nil)
	act()
	b.await(`!window.leaving && document.readyState === "complete"`, what+" leads nowhere")
}

// one is an expression for the first element that fits the selector and, if given, shows the text.
func one(css, text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%s)].find((e) => (e.innerText ?? e.textContent).includes(%s))`, quoted(css), quoted(text))
}

// spot awaits that an element can be hit with the pointer, and returns where.
func (b *tab) spot(element string) (x, y float64) {
	b.t.Helper()
	expression := fmt.Sprintf(`(() => {
		const e = %s;
		if (!e || e.disabled || !e.checkVisibility()) return null;
		e.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
		const r = e.getClientRects()[0];
		const at = [r.x + Math.min(r.width / 2, 40), r.y + r.height / 2];
		const hit = document.elementFromPoint(...at);
		return hit && (e.contains(hit) || hit.contains(e) && hit.matches("label")) ? at : null;
	})()`, element)
	for range 50 { // between the awaiting and the asking, a transition or a scroll can move it away again
		b.await(expression, "can't be clicked: "+element)
		var at []float64
		b.eval(expression, &at)
		if len(at) == 2 {
			return at[0], at[1]
		}
	}
	b.t.Fatalf("%s went away", element)
	return 0, 0
}

func (b *tab) hit(element string) {
	b.t.Helper()
	x, y := b.spot(element)
	b.do(chromedp.MouseClickXY(x, y))
}

// click presses something that stays on the page.
func (b *tab) click(css, text string) { b.t.Helper(); b.hit(one(css, text)) }

// follow presses something that leads to another page.
func (b *tab) follow(css, text string) {
	b.t.Helper()
	b.moved(css+" "+text, func() { b.click(css, text) })
}

// write replaces what a field holds.
func (b *tab) write(css, text string) {
	b.t.Helper()
	b.hit(one(css, ""))
	b.eval(fmt.Sprintf("document.querySelector(%s).select()", quoted(css)), nil)
	if text == "" {
		b.press(kb.Backspace)
		return
	}
	b.do(input.InsertText(text))
}

// choose picks an option of a select by its words.
func (b *tab) choose(css, label string) {
	b.t.Helper()
	expression := fmt.Sprintf(`(() => {
		const e = document.querySelector(%s);
		const o = e && [...e.options].find((o) => o.label.includes(%s));
		if (!o) return false;
		e.value = o.value;
		e.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`, quoted(css), quoted(label))
	b.await(expression, "no option "+label+" in "+css)
}

// press sends keys as a keyboard does.
func (b *tab) press(keys string, modifiers ...input.Modifier) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}

// sees awaits that the page shows the words.
func (b *tab) sees(words ...string) {
	b.t.Helper()
	for _, w := range words {
		b.await(fmt.Sprintf("document.body.innerText.includes(%s)", quoted(w)), "the page doesn't say "+quoted(w))
	}
}

// status fails the test when the last page's status isn't the one given.
func (b *tab) status(want int64) {
	b.t.Helper()
	b.mu.Lock()
	got := b.answered
	b.mu.Unlock()
	if got != want {
		b.t.Fatalf("status %d, want %d\n%s", got, want, b.page())
	}
}

// path is the address of the page, without the site.
func (b *tab) path() string {
	b.t.Helper()
	var at string
	b.eval("location.href", &at)
	return strings.TrimPrefix(at, b.site.url)
}

// link is the address that an element leads to, without the site, or "" where there is none.
func (b *tab) link(css, text string) string {
	b.t.Helper()
	var at string
	b.eval(fmt.Sprintf(`(%s)?.href ?? ""`, one(css, text)), &at)
	return strings.TrimPrefix(at, b.site.url)
}

// signIn goes through the sign-in page.
func (b *tab) signIn(a account) *tab {
	b.t.Helper()
	b.visit("/sign-in")
	b.write("#signin-email", a.email)
	b.write("#signin-password", a.password)
	b.follow("form[action='/sign-in'] button", "")
	return b.prefers("undo", "")
}

// prefers changes one preference of who is signed in. Without a change nothing waits to be sent: the tests wouldn't, either.
func (b *tab) prefers(name, value string) *tab {
	b.t.Helper()
	b.eval(fmt.Sprintf(`fetch("/preferences", { method: "POST", redirect: "manual", body: new URLSearchParams({ single_keys: "on", break_after: "50", [%s]: %s }) }).then(() => 0)`, quoted(name), quoted(value)), nil)
	return b
}

// as is a new browser in which somebody is signed in.
func (s *site) as(t *testing.T, a account) *tab { t.Helper(); return s.browser(t).signIn(a) }

// hides wants the page, its markup included, to hold none of the words.
func (b *tab) hides(words ...string) {
	b.t.Helper()
	var markup string
	b.eval("document.documentElement.outerHTML", &markup)
	for _, w := range words {
		if strings.Contains(markup, w) {
			b.t.Errorf("the page gives away %q", w)
		}
	}
}
