package web

import "time"

// sampleInbox are rows of an approver's inbox, each in another state.
func sampleInbox(n int) []InboxRow {
	rows := sampleRows()[:n]
	out := make([]InboxRow, n)
	for i, r := range rows {
		out[i] = InboxRow{ProposalRow: r, DrawnFor: "drawn for you, and for a second person", Opened: i % 2, Pieces: 2, Escalated: i == 0, LastHours: i == 0, Answered: i == 1}
		if r.State != "open" {
			out[i].Decide, out[i].Mine, out[i].DrawnFor = Action{}, "approve", ""
		}
	}
	return out
}

func sampleThread() []Message {
	return []Message{
		{"question", me, "Which account was it that you looked up?", ago(90 * time.Minute), false},
		{"answer", anna, hostile, ago(hour), false},
		{"question", chiara, "", ago(50 * time.Minute), true},
	}
}

// sampleNearEnd is a proposal near its end, with evidence to open, a thread and a pair that stands out.
func sampleNearEnd(p ProposalPage) ProposalPage {
	p.Evidence = append([]Evidence(nil), p.Evidence...)
	p.Evidence[1].Closed, p.Evidence[2].Closed = true, true
	p.Approve = Action{Why: "Open the evidence before you approve. Not opened yet: piece 2, another review; piece 3, the exact words."}
	p.Escalated, p.LastHours, p.ExpiresAt = true, true, sampleNow.Add(2*hour)
	p.ProductEffect, p.EffectAt = Effect{2.5, 3, 2, 1, 1, 0}, sampleNow
	p.Thread, p.Question, p.Ask = sampleThread(), true, Action{Allowed: true}
	p.Signal = PairSignal{Shown: true, Open: true, At: ago(10 * time.Minute), Observed: 9, Exposure: 14, Expected: 2.1}
	p.QuestionText, p.Errors = "Why?", Errors{"question": "Write 10 to 2000 characters. It has 4."}
	return p
}

// sampleAnswering is the same to who asked.
func sampleAnswering(p ProposalPage) ProposalPage {
	p.Thread, p.Question, p.Answer = sampleThread()[:1], true, Action{Allowed: true}
	p.AnswerText, p.Errors = "Mine.", Errors{"answer": "Write 10 to 2000 characters. It has 5."}
	return p
}
