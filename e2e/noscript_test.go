package e2e

import (
	"strings"
	"testing"
)

// Every step works without the page's scripts.
func TestOneRemovalWithoutScripts(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite(t), folder(t, ordinary(20)...))
	mo, sue, ada := s.browser(t), s.browser(t), s.browser(t)
	for _, b := range []*tab{mo, sue, ada} {
		b.noScript()
	}
	mo.signIn(s.staff(t, "Mona Ortega", "moderator"))
	sue.signIn(s.staff(t, "Sue Vance", "supervisor"))
	ada.signIn(s.staff(t, "Ada Ditmars", "auditor"))
	var scripts bool
	mo.eval(`"js" in document.documentElement.dataset`, &scripts)
	if scripts {
		t.Fatal("the page's scripts run")
	}

	mo.visit(s.at("/desk"))
	mo.follow("button", "Take the next ticket")
	mo.click("#ask > summary", "")
	mo.click(`.reason:has([value="FAKE_EXPERIENCE"]) label`, "")
	mo.write("#remove-evidence_order", evidence)
	mo.write("#remove-justification", why+" the seller asked")
	mo.follow("#remove-form button", "Send the request")
	mo.status(422)
	mo.sees("never a reason", "One thing needs you")
	mo.write("#remove-justification", why)
	mo.follow("#remove-form button", "Send the request")
	mo.sees("Your request is with the approvers")
	mo.visit(s.at("/requests"))
	proposal := mo.link(".item a", "")

	sue.visit(s.at("/approvals"))
	sue.follow(".item-words a", "")
	if sue.path() != proposal {
		t.Fatalf("the inbox leads to %s, not to %s", sue.path(), proposal)
	}
	sue.write("#decide-note", note)
	sue.openEvidence()
	sue.visit(proposal)
	sue.write("#say-question", "Which account was it that you looked up?")
	sue.follow("#thread button", "Ask")
	sue.sees("Your question is with the requester")
	mo.visit(s.at("/requests"))
	mo.follow("a", "An approver asks you something")
	mo.write("#say-answer", "The one that wrote the review.")
	mo.follow("#thread button", "Send the answer")
	mo.sees("Your answer is on record")
	sue.visit(proposal)
	sue.sees("The one that wrote the review.")
	sue.write("#decide-note", note)
	sue.follow("button", "Approve the removal")
	sue.sees("Two people have agreed")

	ada.visit(s.at("/removals?state=effective"))
	ada.follow("th a", "")
	ada.sees(why, note)
	if !strings.HasPrefix(ada.path(), s.at("/reviews/")) {
		t.Errorf("the history is at %s", ada.path())
	}
	ada.visit(s.at("/record"))
	ada.click(".entry summary", "")
	ada.sees("Exactly as hashed")
	ada.click(".menu-end > summary", "")
	ada.follow("button", "Sign out")
	ada.sees("Every removal here takes two people")
}
