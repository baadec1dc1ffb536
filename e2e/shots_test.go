package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestShots takes pictures of every page, for people to look at:
//
//	EVENHAND_SHOTS=1 go test -run Shots ./...
func TestShots(t *testing.T) {
	if os.Getenv(envShots) == "" {
		t.Skipf("pictures are taken when %s is set", envShots)
	}
	if err := os.MkdirAll("shots", 0o755); err != nil {
		t.Fatal(err)
	}
	walkAll(t, func(t *testing.T, role string) look {
		return func(b *tab, name string) { b.shoot(role + "-" + name) }
	})
	t.Run("bare", func(t *testing.T) {
		t.Parallel()
		bare(t, (*tab).shoot)
	})
}

// shoot takes the whole page at three widths, light and dark.
func (b *tab) shoot(name string) {
	b.t.Helper()
	b.do(emulation.SetScrollbarsHidden(true))
	defer b.do(emulation.SetScrollbarsHidden(false))
	for _, size := range [][2]int64{{360, 760}, {1280, 800}, {1920, 1080}} {
		b.size(size[0], size[1])
		for _, scheme := range []string{"light", "dark"} {
			b.media(scheme)
			b.picture(filepath.Join("shots", fmt.Sprintf("%s-%d-%s.png", name, size[0], scheme)))
		}
	}
	b.onPaper(filepath.Join("shots", name+"-print.png"))
	b.media("light")
	b.size(1280, 800)
}

// onPaper saves the page as it prints, on A4.
func (b *tab) onPaper(path string) {
	b.t.Helper()
	b.size(680, 960)
	b.do(emulation.SetEmulatedMedia().WithMedia("print"))
	b.picture(path)
	b.do(emulation.SetEmulatedMedia().WithMedia(""))
}

// picture saves the whole page, down to a bound.
func (b *tab) picture(path string) {
	b.t.Helper()
	var size []float64
	b.eval(`[document.documentElement.clientWidth, Math.min(document.documentElement.scrollHeight, 6000)]`, &size)
	var png []byte
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		png, err = page.CaptureScreenshot().WithCaptureBeyondViewport(true).
			WithClip(&page.Viewport{Width: size[0], Height: size[1], Scale: 1}).Do(ctx)
		return err
	}))
	if err := os.WriteFile(path, png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
