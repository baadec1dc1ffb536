package web

import "time"

// What the design page shows of routing. Everything is made up.

// Rules are two rules in words.
func (DesignPage) Rules() []RuleRow {
	return []RuleRow{
		{Name: "Sure ones", When: []string{"score at least 0.9", "stars at most 2"}, Queue: "sure", Priority: 5, DueHours: 4, Skill: "images"},
		{Name: "Everything else", DueHours: 24},
	}
}

// Routed is what other rules would have done.
func (DesignPage) Routed() RoutingPreview {
	return RoutingPreview{
		Changes: []RuleChange{{"changed", "Sure ones", "due within 4 h instead of 8 h"}}, Days: 30, Tickets: 1204, Same: 1180,
		Ways: []RoutingWay{{RoutingStop{"kitchen", 0, 24, ""}, RoutingStop{"sure", 5, 4, "images"}, 24, []string{designID}}},
	}
}

// Shifts are the three ways of being at work, and Loads who is.
func (p DesignPage) Shifts() []ShiftBar {
	return []ShiftBar{{"on", p.Now, "desk", "/m/m"}, {"break", p.Now, "desk", "/m/m"}, {"off", p.Now, "desk", "/m/m"}}
}

// Loads are two people at work.
func (p DesignPage) Loads() []LoadRow {
	return []LoadRow{{p.Somebody(), "on", p.Now.Add(-time.Hour), 1, 12, 3}, {Person{Name: "Ben Ito"}, "break", p.Now, 0, 9, 1}}
}

// Escalating is the form to hand a ticket to a skill.
func (DesignPage) Escalating() struct{ Escalate EscalateForm } {
	return struct{ Escalate EscalateForm }{EscalateForm{Skills: []Option{{Value: "legal", Label: "legal"}}, Errors: Errors{"note": "Say a little more."}}}
}
