package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

const whyRedact = "The text gives away the full name and number of a neighbour, who isn't the author and never agreed."

// One redaction by two people, with a file as evidence, with the page's scripts and without.
func TestOneRedaction(t *testing.T) {
	t.Parallel()
	t.Run("with scripts", func(t *testing.T) {
		t.Parallel()
		eachDatabase(t, func(t *testing.T, settings []string) { redaction(t, open(t, settings, private(t)), true) })
	})
	t.Run("without scripts", func(t *testing.T) {
		t.Parallel()
		redaction(t, open(t, sqlite(t), private(t)), false)
	})
}

// private is a folder of reviews that name somebody.
func private(t *testing.T) string {
	t.Helper()
	var all []review
	for range 8 {
		all = append(all, review{1, "Never again", "Ring Jo Bloggs on 030 1234, the kettle broke. Jo Bloggs knows, and nobody else answers any letter that I wrote."})
	}
	return folder(t, all...)
}

func redaction(t *testing.T, s *site, scripts bool) {
	t.Helper()
	mo, sue := s.browser(t), s.browser(t)
	if !scripts {
		mo.noScript()
		sue.noScript()
	}
	mo.signIn(s.staff(t, "Mona Ortega", "moderator"))
	sue.signIn(s.staff(t, "Sue Vance", "supervisor"))
	look := func(b *tab, name string) {
		if !scripts {
			return
		}
		b.audit("redaction-" + name)
		if os.Getenv("EVENHAND_SHOTS") != "" {
			b.shoot("redaction-" + name)
		}
	}

	mo.visit(s.at("/desk"))
	mo.follow("button", "Take the next ticket")
	mo.click("#ask > summary", "")
	mo.click(`.reason:has([value="PERSONAL_DATA"]) label`, "")
	mo.sees("Remedies, least first: redact, then remove", "Words to hide")
	mo.write("#remove-redact", "Jo Bloggs\n030 1234")
	mo.attach(t, "lie.png", "%PDF-1.4 no picture at all")
	mo.follow("#remove-form button", "See what is missing")
	mo.status(422)
	mo.sees("is named as PNG, and what is in it is PDF", "occurs 2 times", "At least 40 characters are needed", "Not sent")
	look(mo, "missing")
	mo.write("#remove-redact", "Jo Bloggs #1\n030 1234\nJo Bloggs #2")
	mo.write("#remove-justification", whyRedact)
	mo.attach(t, "letter.txt", "To whom it may concern: I am the neighbour.")
	mo.follow("#remove-form button", "See what is missing")
	mo.sees("Nothing is missing", "letter.txt")
	look(mo, "checked")
	mo.follow("#remove-form button", "Send the request")
	mo.sees("Your request is with the approvers")

	sue.visit(s.at("/approvals"))
	sue.follow(".item-words a", "")
	proposal := sue.path()
	sue.sees("Should these words be hidden?", "As customers would read it", "Ring [redacted] on [redacted], the kettle broke. [redacted] knows", whyRedact, "Not opened yet: piece 1, a file")
	look(sue, "proposal")
	sue.openEvidence()
	sue.sees("letter.txt", "opened by you")
	look(sue, "opened")
	var got struct {
		Status                        int
		Disposition, Sniff, CSP, Text string
	}
	if scripts {
		sue.eval(`fetch(document.querySelector(".evidence-open a").href).then(async (r) => ({Status: r.status, Disposition: r.headers.get("Content-Disposition"),
			Sniff: r.headers.get("X-Content-Type-Options"), CSP: r.headers.get("Content-Security-Policy"), Text: await r.text()}))`, &got)
		if got.Status != 200 || got.Disposition != "attachment; filename=letter.txt" || got.Sniff != "nosniff" || got.CSP != "sandbox; default-src 'none'" {
			t.Errorf("the file is served as %+v", got)
		}
	} else {
		sue.click(".evidence-open a", "")
		sue.await("true", "")
	}
	sue.visit(proposal)
	sue.write("#decide-note", note)
	sue.follow("button", "Approve the redaction")
	sue.sees("Two people have agreed")
	sue.visit(proposal)
	sue.follow(".review-more a", "")
	sue.sees("As customers read it", "[redacted] knows", "Undo")
	look(sue, "review")
	sue.write("#undo-note", "The neighbour agreed after all.")
	sue.follow("button", "Undo it")
	sue.sees("undid the redaction")
	if out := run(t, s.settings, "verify"); out == "" {
		t.Error("verify prints nothing")
	}
}

// attach chooses a file of this content.
func (b *tab) attach(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles("#remove-files", []string{path}, chromedp.ByQuery))
}
