package e2e

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
)

const (
	why      = "The order look-up finds no order of this author for this product, so nothing was bought or used."
	evidence = "look-up 4711: no order by this author"
	note     = "Looked the order up myself: there is none."
)

// ask goes from the desk to a request for the removal of whatever comes, and returns the review's text and the request.
func (b *tab) ask() (text, proposal string) {
	b.t.Helper()
	b.visit(b.site.at("/desk"))
	b.follow("button", "Take the next ticket")
	b.sees("Keep it, or ask for its removal?")
	b.eval(`document.querySelector(".words").innerText.trim()`, &text)
	b.click("#ask > summary", "")
	b.fillRequest()
	b.follow("#remove-form button", "Send the request")
	b.sees("Your request is with the approvers")
	b.visit(b.site.at("/requests"))
	return text, b.link(".item a", "")
}

func (b *tab) fillRequest() {
	b.t.Helper()
	b.click(`.reason:has([value="FAKE_EXPERIENCE"]) label`, "")
	b.write("#remove-evidence_order", evidence)
	b.write("#remove-justification", why)
}

func TestOneRemovalFromImportToTheAuditor(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, settings []string) {
		s := open(t, settings, olist(t))
		mo := s.as(t, s.staff(t, "Mona Ortega", "moderator", "supervisor"))
		sue := s.as(t, s.staff(t, "Sue Vance", "supervisor"))
		ada := s.as(t, s.staff(t, "Ada Ditmars", "auditor"))

		text, proposal := mo.ask()

		mo.visit(proposal)
		mo.sees("You asked for this removal yourself", "Withdraw your request")
		mo.noVerdict()
		mo.tryToApprove(proposal)

		sue.visit(s.at("/approvals"))
		sue.sees("someone else asked")
		sue.hides("Mona Ortega") // until the verdict is in
		sue.follow(".item-words a", "")
		sue.sees(why, "What would change", "stays published unless decided", "Open the evidence before you approve")
		sue.openEvidence()
		sue.sees(evidence)
		sue.write("#decide-note", note)
		sue.follow("button", "Approve the removal")
		sue.sees("Two people have agreed")
		sue.visit(proposal)
		sue.sees("Took effect", "Mona Ortega asked", "You approved")

		ada.findIt(text)
		ada.readBoard()
		ada.download(proposal)
		if out := run(t, settings, "verify", "--draws"); strings.TrimSpace(out) == "" {
			t.Error("verify prints nothing")
		}
	})
}

// openEvidence opens each piece that is still closed.
func (b *tab) openEvidence() {
	b.t.Helper()
	for {
		var left int
		b.eval(`document.querySelectorAll("button[formaction*='/evidence/']").length`, &left)
		if left == 0 {
			return
		}
		b.follow("button[formaction*='/evidence/']", "Open")
	}
}

// noVerdict fails the test when the page offers to approve or decline.
func (b *tab) noVerdict() {
	b.t.Helper()
	var offered int
	b.eval(`[...document.querySelectorAll("button")].filter((b) => /Approve|Decline/.test(b.innerText) && !b.disabled).length`, &offered)
	if offered != 0 {
		b.t.Error("the page offers a verdict")
	}
}

// tryToApprove sends the form that the page doesn't offer, as someone who knows the address could.
func (b *tab) tryToApprove(proposal string) {
	b.t.Helper()
	b.moved("approving one's own request", func() {
		b.eval(fmt.Sprintf(`(() => {
			const form = document.createElement("form");
			form.method = "post";
			form.action = %s + "/approve";
			const digest = document.querySelector("[name=digest]").cloneNode();
			const note = Object.assign(document.createElement("input"), { name: "note", value: "I approve what I asked for." });
			form.append(digest, note);
			document.body.append(form);
			form.submit();
		})()`, quoted(proposal)), nil)
	})
	b.status(403)
	b.sees("somebody else has to decide")
}

// findIt is the auditor's way to the history of one review.
func (b *tab) findIt(text string) {
	b.t.Helper()
	b.visit(b.site.at("/removals"))
	b.choose("#facet-moderator", "Mona Ortega")
	b.choose("#facet-approver", "Sue Vance")
	b.click("#facet-reason label", "Fake experience")
	b.follow(".facets button", "Show")
	b.sees("1 request matches")
	if p := b.path(); strings.Contains(p, "seller=") || !strings.Contains(p, "reason=FAKE_EXPERIENCE") {
		b.t.Errorf("the filters stand in the address as %s", p)
	}
	b.follow("td a, th a", "")
	b.sees("Mona Ortega", "asked for the removal", why, "Sue Vance", "approved the removal", note, "Customers can’t read it")
	b.sees(text)
}

func (b *tab) readBoard() {
	b.t.Helper()
	b.follow(".nav a", "Whom removals favour")
	b.status(200)
	b.sees("How this is computed")
}

// download saves the export and looks for the request in it.
func (b *tab) download(proposal string) {
	b.t.Helper()
	dir := b.t.TempDir()
	b.do(browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).WithDownloadPath(dir))
	b.visit(b.site.at("/removals"))
	b.click("a", "Export as CSV")
	rows := awaitCSV(b.t, dir)
	if len(rows) != 3 || rows[0][0] != "proposal_id" || rows[2][0] != "end-of-export" {
		b.t.Fatalf("the export: %q", rows)
	}
	line := strings.Join(rows[1], "|")
	for _, want := range []string{proposal[strings.LastIndex(proposal, "/")+1:], "Mona Ortega", "Sue Vance", "FAKE_EXPERIENCE", why} {
		if !strings.Contains(line, want) {
			b.t.Errorf("the export doesn't say %q: %s", want, line)
		}
	}
}

func awaitCSV(t *testing.T, dir string) [][]string {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
		if err != nil || len(files) == 0 {
			continue
		}
		f, err := os.Open(files[0])
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	t.Fatal("nothing was downloaded")
	return nil
}

// A moderator who isn't a supervisor has no approvals page, and no verdict on their own request.
func TestAModeratorHasNoVerdict(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite(t), folder(t, ordinary(20)...))
	mo := s.as(t, s.staff(t, "Mona Ortega", "moderator"))
	_, proposal := mo.ask()
	mo.visit(proposal)
	mo.noVerdict()
	mo.visit(s.at("/approvals"))
	mo.status(403)
	mo.visit(s.at("/removals"))
	mo.status(403)
	mo.visit(s.at("/tickets/0195944b-2d3a-7c41-9a10-5b8e77aa1c22"))
	mo.status(404)
}
