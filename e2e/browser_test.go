package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to show what is awaited. The machine may be busy.
const patience = 60 * time.Second

// tab is one person's browser window. Its methods fail the test.
type tab struct {
	t    *testing.T
	site *site
	ctx  context.Context

	mu       sync.Mutex
	trouble  []string // console errors, exceptions, violations of the content security policy
	answered int64    // status of the last page
}

// browser starts a browser of its own, with a new profile.
func (s *site) browser(t *testing.T) *tab {
	t.Helper()
	chromium := "/usr/bin/chromium"
	if _, err := os.Stat(chromium); err != nil {
		missing(t, "no browser: %v (Debian: apt-get install chromium)", err)
	}
	profile, err := os.MkdirTemp(scratch, "profile")
	if err != nil {
		t.Fatal(err)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(chromium), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("hide-scrollbars", false), chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter"),
	)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(cancel)
	return s.newTab(t, ctx)
}

// tab opens another window of the same person.
func (b *tab) tab() *tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	return b.site.newTab(b.t, ctx)
}

// onViolation makes what the content security policy stops as loud as any other error.
const onViolation = `addEventListener("securitypolicyviolation", (e) =>
	console.error("content security policy: " + e.violatedDirective + " " + e.blockedURI + " " + e.sample));`

func (s *site) newTab(t *testing.T, ctx context.Context) *tab {
	t.Helper()
	b := &tab{t: t, site: s, ctx: ctx}
	chromedp.ListenTarget(ctx, b.listen)
	b.do(log.Enable(), network.Enable(), emulation.SetFocusEmulationEnabled(true), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(onViolation).Do(ctx)
		return err
	}))
	t.Cleanup(func() {
		for _, x := range b.troubles() {
			t.Errorf("the browser complains: %s", x)
		}
	})
	return b
}

func (b *tab) troubles() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.trouble...)
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		// The browser itself gives up a view transition when a page comes too late for it; the page can't know.
		if text := e.ExceptionDetails.Error(); !strings.Contains(text, "Transition was") {
			b.trouble = append(b.trouble, "exception: "+text)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			b.trouble = append(b.trouble, fmt.Sprintf("console.%s: %s", e.Type, words(e.Args)))
		}
	case *log.EventEntryAdded:
		// That a page was refused (403, 404, 409, 422) is what some tests are about.
		refused := e.Entry.Source == log.SourceNetwork && strings.Contains(e.Entry.Text, "responded with a status of 4")
		if (e.Entry.Level == log.LevelError || e.Entry.Source == log.SourceSecurity) && !refused {
			b.trouble = append(b.trouble, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			b.answered = e.Response.Status
		}
	}
}

func words(args []*runtime.RemoteObject) string {
	var out []string
	for _, a := range args {
		out = append(out, string(a.Value)+a.Description)
	}
	return strings.Join(out, " ")
}

func (b *tab) do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatalf("browser: %v", err)
	}
}

// eval runs an expression in the page and reads its value.
func (b *tab) eval(expression string, value any) {
	b.t.Helper()
	if err := b.tryEval(expression, value); err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
}

func (b *tab) tryEval(expression string, value any) error {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate(expression, value, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
		return p.WithAwaitPromise(true)
	}))
}

// holds awaits that an expression becomes true.
func (b *tab) holds(expression string) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(15 * time.Millisecond) {
		var ok bool
		if b.tryEval("Boolean("+expression+")", &ok) == nil && ok {
			return true
		}
	}
	return false
}

// await fails the test when an expression doesn't become true.
func (b *tab) await(expression, what string) {
	b.t.Helper()
	if !b.holds(expression) {
		b.t.Fatalf("%s: waited in vain\n%s", what, b.page())
	}
}

// page is what the reader sees, for messages.
func (b *tab) page() string {
	var text string
	if err := b.tryEval(`location.href + "\n" + document.body.innerText`, &text); err != nil {
		return err.Error()
	}
	return tail(text)
}

// size sets the window's size.
func (b *tab) size(width, height int64) {
	b.t.Helper()
	b.do(emulation.SetDeviceMetricsOverride(width, height, 1, width < 600))
}

// media sets light or dark, and turns motion off so that pictures are the same each time.
func (b *tab) media(scheme string) {
	b.t.Helper()
	b.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}))
}

// noScript turns the page's scripts off, from the next page on.
func (b *tab) noScript() { b.t.Helper(); b.do(emulation.SetScriptExecutionDisabled(true)) }

func quoted(s string) string {
	out, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings can be marshalled
	}
	return string(out)
}
