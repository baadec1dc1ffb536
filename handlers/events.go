package handlers

import (
	"encoding/hex"
	"slices"
	"strings"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/web"
	"evenhand/words"
)

// actWords say what an entry records, as a sentence goes on after the actor's name.
var actWords = map[string]string{
	"reviews.import":     "brought the review in",
	"reviews.flag":       "passed reports of reviews on",
	"review.edit":        "brought in the author's edit",
	"review.restore":     "restored the review",
	"review.read":        "opened the review's history",
	"review.open":        "opened the review, which no draw had given them",
	"hold.place":         "hid the review for a while",
	"hold.lift":          "lifted the hold: the review is published again",
	"hold.lapse":         "ended the hold at its time: the review is published again",
	"hold.read":          "opened the holds",
	"ticket.draw":        "drew the ticket",
	"ticket.again":       "was given back the ticket that they had let go",
	"ticket.keep":        "kept the review",
	"ticket.skip":        "skipped the ticket",
	"set.search":         "looked for reviews that belong to it",
	"ticket.release":     "handed the ticket back",
	"ticket.open":        "opened the ticket",
	"ticket.decide":      "opened the ticket",
	"removal.request":    "asked for the removal",
	"removal.approve":    "approved the removal",
	"removal.decline":    "declined the removal",
	"removal.withdraw":   "withdrew the request",
	"removal.draw":       "drew who decides",
	"removal.reassign":   "left the decision to somebody else",
	"evidence.upload":    "took a file in",
	"evidence.open":      "opened a piece of evidence",
	"evidence.read":      "looked at a piece of the evidence",
	"evidence.sweep":     "emptied a file that no request had",
	"draws.commit":       "committed to a day's draws",
	"draws.reveal":       "revealed a day's draws",
	"removal.expire":     "ended the request, which nobody decided in time",
	"removal.void":       "made the request void",
	"removal.read":       "opened the request",
	"removal.search":     "searched the removals",
	"removal.export":     "exported removals",
	"history.read":       "opened a history",
	"filter.save":        "kept a filter",
	"filter.rename":      "renamed a filter",
	"filter.delete":      "deleted a filter",
	"erasure.request":    "asked for an erasure",
	"erasure.approve":    "approved the erasure",
	"erasure.decline":    "declined the erasure",
	"erasure.withdraw":   "withdrew the request for an erasure",
	"erasure.expire":     "ended the request for an erasure, which nobody decided in time",
	"erasure.apply":      "erased what the customer wrote, at the customer's request",
	"erasure.read":       "opened the erasures",
	"mask.lift":          "had hidden names shown",
	"settings.request":   "asked for other settings",
	"settings.approve":   "approved other settings",
	"settings.decline":   "declined other settings",
	"settings.withdraw":  "withdrew the request for other settings",
	"settings.expire":    "ended the request for other settings, which nobody decided in time",
	"settings.void":      "made the request for other settings void, since one of them had changed",
	"settings.apply":     "changed the settings",
	"settings.read":      "opened the settings",
	"board.read":         "opened the board",
	"record.read":        "opened the record",
	"people.read":        "opened the list of people",
	"staff.add":          "added an account",
	"staff.disable":      "disabled an account",
	"staff.sign-in":      "signed in",
	"staff.sign-out":     "signed out",
	"grant.add":          "granted a role",
	"grant.revoke":       "revoked a role",
	"interest.declare":   "declared an interest",
	"interest.end":       "ended an interest",
	"marketplace.add":    "added the marketplace",
	"token.add":          "made a reading token",
	"token.revoke":       "revoked a reading token",
	"ledger.export":      "exported the ledger",
	"ledger.clock":       "put on record that the clock was set back",
	"demo.history":       "made up the demo's history",
	"statement.make":     "made the author’s statement of reasons",
	"statement.read":     "opened the statements of reasons",
	"statement.download": "took out a statement of reasons, with its link",
	"appeal.file":        "appealed against the removal",
	"appeal.draw":        "drew who answers the appeal",
	"appeal.reassign":    "left the appeal to somebody else",
	"appeal.answer":      "answered the appeal",
	"appeal.open":        "opened the appeal",
	"appeal.read":        "opened the appeals",
	"dsa.export":         "exported statements for the DSA transparency database",
	"neutrality.read":    "opened the neutrality report",
	"template.save":      "kept a template",
	"template.delete":    "deleted a template",
	"ticket.escalate":    "escalated the ticket to a skill",
	"shift.say":          "said whether they are at work",
	"load.read":          "looked at who is at work",
	"routing.request":    "asked for other rules of routing",
	"routing.approve":    "approved other rules of routing",
	"routing.decline":    "declined other rules of routing",
	"routing.withdraw":   "withdrew the request for other rules of routing",
	"routing.expire":     "ended the request for other rules of routing, which nobody decided in time",
	"routing.read":       "opened the rules of routing",
	"removal.question":   "asked the requester something",
	"removal.answer":     "answered what was asked",
	"label.request":      "asked for a label",
	"label.approve":      "approved the label",
	"label.decline":      "declined the label",
	"label.withdraw":     "withdrew the request",
	"label.expire":       "ended the request, which nobody decided in time",
	"label.void":         "made the request void",
	"redaction.request":  "asked for a redaction",
	"redaction.approve":  "approved the redaction",
	"redaction.decline":  "declined the redaction",
	"redaction.withdraw": "withdrew the request",
	"redaction.expire":   "ended the request, which nobody decided in time",
	"redaction.void":     "made the request void",
	"move.request":       "asked for a move to another product",
	"move.approve":       "approved the move",
	"move.decline":       "declined the move",
	"move.withdraw":      "withdrew the request",
	"move.expire":        "ended the request, which nobody decided in time",
	"move.void":          "made the request void",
}

// attempts are acts in words where they were refused, and saying that they were done would mislead.
var attempts = map[string]string{
	"ticket.draw":        "tried to draw a ticket",
	"hold.place":         "tried to hide the review for a while",
	"hold.lift":          "tried to lift the hold",
	"hold.read":          "tried to open the holds",
	"ticket.keep":        "tried to keep the review",
	"ticket.skip":        "tried to skip the ticket",
	"ticket.escalate":    "tried to escalate the ticket",
	"shift.say":          "tried to say whether they are at work",
	"load.read":          "tried to look at who is at work",
	"routing.request":    "tried to ask for other rules of routing",
	"routing.approve":    "tried to approve other rules of routing",
	"routing.decline":    "tried to decline other rules of routing",
	"routing.withdraw":   "tried to withdraw the request for other rules of routing",
	"routing.read":       "tried to open the rules of routing",
	"ticket.release":     "tried to hand the ticket back",
	"ticket.open":        "tried to open the ticket",
	"ticket.decide":      "tried to open the ticket",
	"removal.request":    "tried to ask for the removal",
	"removal.approve":    "tried to approve the removal",
	"removal.decline":    "tried to decline the removal",
	"removal.withdraw":   "tried to withdraw the request",
	"removal.reassign":   "tried to leave the decision to somebody else",
	"removal.read":       "tried to open the request",
	"removal.search":     "tried to search the removals",
	"removal.export":     "tried to export removals",
	"review.restore":     "tried to restore the review",
	"evidence.upload":    "tried to add a file",
	"review.read":        "tried to open the review's history",
	"history.read":       "tried to open a history",
	"history.save":       "tried to open saved filters",
	"filter.save":        "tried to keep a filter",
	"filter.rename":      "tried to rename a filter",
	"filter.delete":      "tried to delete a filter",
	"template.save":      "tried to keep a template",
	"template.delete":    "tried to delete a template",
	"template.keep":      "tried to open the templates",
	"erasure.request":    "tried to ask for an erasure",
	"erasure.approve":    "tried to approve the erasure",
	"erasure.decline":    "tried to decline the erasure",
	"erasure.withdraw":   "tried to withdraw the request for an erasure",
	"erasure.read":       "tried to open the erasures",
	"mask.lift":          "tried to have hidden names shown",
	"settings.request":   "tried to ask for other settings",
	"settings.approve":   "tried to approve other settings",
	"settings.decline":   "tried to decline other settings",
	"settings.withdraw":  "tried to withdraw the request for other settings",
	"settings.read":      "tried to open the settings",
	"board.read":         "tried to open the board",
	"record.read":        "tried to open the record",
	"people.read":        "tried to open the list of people",
	"staff.add":          "tried to add an account",
	"staff.disable":      "tried to disable an account",
	"staff.sign-in":      "tried to sign in",
	"grant.add":          "tried to grant a role",
	"grant.revoke":       "tried to revoke a role",
	"interest.declare":   "tried to declare an interest",
	"interest.end":       "tried to end an interest",
	"ledger.export":      "tried to export the ledger",
	"statement.read":     "tried to open the statements of reasons",
	"statement.download": "tried to take out a statement of reasons",
	"appeal.file":        "tried to appeal against the removal",
	"appeal.reassign":    "tried to leave the appeal to somebody else",
	"appeal.answer":      "tried to answer the appeal",
	"appeal.open":        "tried to open the appeal",
	"appeal.read":        "tried to open the appeals",
	"dsa.export":         "tried to export statements",
	"neutrality.read":    "tried to open the neutrality report",
	"evidence.open":      "tried to open the evidence",
	"removal.question":   "tried to ask the requester something",
	"removal.answer":     "tried to answer what was asked",
	"label.request":      "tried to ask for a label",
	"label.approve":      "tried to approve the label",
	"label.decline":      "tried to decline the label",
	"label.withdraw":     "tried to withdraw the request",
	"redaction.request":  "tried to ask for a redaction",
	"redaction.approve":  "tried to approve the redaction",
	"redaction.decline":  "tried to decline the redaction",
	"redaction.withdraw": "tried to withdraw the request",
	"move.request":       "tried to ask for a move to another product",
	"move.approve":       "tried to approve the move",
	"move.decline":       "tried to decline the move",
	"move.withdraw":      "tried to withdraw the request",
}

// outcomeInWords says what was done, or that it was only tried.
func outcomeInWords(act, outcome string) string {
	if w, ok := attempts[act]; ok && outcome == models.OutcomeRefused {
		return w
	}
	return actInWords(act)
}

func actInWords(act string) string {
	if w, ok := actWords[act]; ok {
		return w
	}
	return strings.ReplaceAll(act, ".", ": ")
}

// anApprover stands for whoever is to decide, while nobody has to know whom to ask a favour of.
var anApprover = web.Person{Name: "an approver"}

func actorOf(e moderation.Event, viewer models.Actor) web.Person {
	if e.Undecided && e.ActorID != viewer.ID {
		return anApprover
	}
	if e.ActorKind == models.ActorPerson && e.ActorID == "" {
		return web.Person{Hidden: true}
	}
	return person(e.ActorID, e.ActorName, viewer)
}

// eventsOf are the entries of a history, in words.
func eventsOf(l *words.Language, events []moderation.Event, viewer models.Actor, m marks) []web.Event {
	out := make([]web.Event, 0, len(events))
	for _, e := range events {
		reason, _ := e.Data["reason"].(string)
		x := web.Event{
			At: e.At, Actor: actorOf(e, viewer), Act: outcomeInWords(e.Act, e.Outcome), Reason: reason,
			Justification: e.Justification, Note: e.Note, EntryID: e.ID, Hash: hex.EncodeToString(e.Hash),
			Mark: m.of(e.ID), ProposalID: e.Proposal,
		}
		if undone, _ := e.Data["remedy"].(string); e.Act == "review.restore" && undone != "" && undone != models.ActionRemove {
			x.Act = l.Say("undid the %s", words.Word(web.RemedyNoun(undone)))
		}
		if e.Act == "mask.lift" && e.Outcome == models.OutcomeDone {
			x.Act = liftInWords(l, e)
		}
		if e.ActorKind == models.ActorAuthor {
			x.Actor = web.Person{ID: e.ActorID, Name: "The author"}
		}
		if e.Outcome == models.OutcomeRefused {
			x.Refused, x.Why = true, codeInWords(l, e.Code)
		}
		if e.Sealed != nil {
			x.Seal = web.SealBad
			if *e.Sealed {
				x.Seal = web.SealOK
			}
		}
		out = append(out, x)
	}
	return out
}

// codeInWords says why an attempt was refused, from the stable code that the ledger keeps.
func codeInWords(l *words.Language, code string) string {
	reasons := map[string]string{
		"own_request":       "It was asked for by the same person.",
		"no_right":          "No role held there has this right.",
		"already_decided":   "It had been decided already.",
		"already_voted":     "One person decides once.",
		"stale_form":        "The form showed something else than there was.",
		"review_changed":    "The review wasn't what the request was about any more.",
		"expired":           "The request had expired.",
		"interest":          "There is a declared interest in the seller.",
		"not_drawn":         "It was drawn for nobody, or for somebody else.",
		"lease_taken":       "Somebody else had the ticket.",
		"lease_ended":       "The hold on the ticket had ended.",
		"wrong_credentials": "The e-mail or the password was wrong.",
		"throttled":         "Too many wrong passwords.",
		"disabled":          "The account is disabled.",
		"roles_exclude":     "The roles exclude each other.",
		"not_your_request":  "Only the requester can withdraw a request.",
		"ticket_waiting":    "Something had been asked for already.",
		"ticket_closed":     "The ticket had been decided already.",
		"not_published":     "The review wasn't published.",
		"not_sealed":        "The request carried no valid seal.",
		"no_person":         "There was no such account.",
		"remedy_stands":     "That had been done already.",
		"no_remedy":         "There was nothing to undo.",
		"file_changed":      "A file wasn’t the one that was asked about.",
		"not_removed":       "The review wasn't removed.",
		"review_erased":     "The author had the text erased.",
		"own_history":       "The page was about the same person.",
		"already_erased":    "It had been erased already.",
		"already_answered":  "It had been answered already.",
		"touched":           "They had had a hand in the case.",
		"author_withdrew":   "The author had taken the review back.",
		"appeal_open":       "An appeal was open already.",
		"appeal_late":       "The time for it was over.",
		"appeal_restored":   "The review had been restored.",
		"appeal_often":      "It had been appealed against three times.",
		"holds_off":         "Holds weren't turned on there.",
		"holds_spent":       "No hold was left to them that day.",
		"not_holdable":      "The review had been held before, or wasn't published.",
		"hold_over":         "The hold was over already.",
		"asked_already":     "It had been asked for already.",
	}
	if w, ok := reasons[code]; ok {
		return l.Say(w)
	}
	if rest, ok := strings.CutPrefix(code, "never_valid_"); ok {
		i := slices.IndexFunc(moderation.NeverValidReasons(), func(n moderation.NeverValid) bool { return strings.EqualFold(n.Code, rest) })
		if i >= 0 {
			return l.Say("“%s” is never a reason.", words.Word(moderation.NeverValidReasons()[i].Title))
		}
	}
	return l.Say("Refused: %s.", strings.ReplaceAll(code, "_", " "))
}
