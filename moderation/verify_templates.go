package moderation

import (
	"evenhand/ledger"
	"evenhand/models"
)

// templateChecks hold templates against their entries: whose each is, what for, its words, and that none is gone but by
// an entry that says so.
func templateChecks() []ledger.Check {
	return []ledger.Check{
		templates.Check(),
		ledger.NoRow("text_templates", "is gone, and no entry says that somebody deleted it", `
			SELECT e.id FROM ledger_entries e WHERE e.act = 'template.save' AND e.outcome = 'done'
			   AND NOT EXISTS (SELECT 1 FROM text_templates t WHERE t.id = e.id)
			   AND NOT EXISTS (SELECT 1 FROM ledger_entries d WHERE d.subject_id = CAST(e.id AS text) AND d.act = 'template.delete' AND d.outcome = 'done')`),
		ledger.NoRow("text_templates", "is there although it was deleted", `
			SELECT t.id FROM text_templates t JOIN ledger_entries d ON d.subject_id = CAST(t.id AS text) AND d.act = 'template.delete' AND d.outcome = 'done'`),
	}
}

var templates = ledger.Explained{
	Table: "text_templates", Acts: []string{actTemplateSave}, Rowless: func(*ledger.Said) bool { return true },
	Columns: "t.marketplace_id, t.owner_id, t.purpose, t.name, t.text, t.salt, t.shared",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		t := &models.TextTemplate{}
		return []any{&t.MarketplaceID, &t.OwnerID, &t.Purpose, &t.Name, &t.Text, &t.Salt, &t.Shared}, func(p *ledger.Print) string {
				digest, err := templateDigest(*t)
				if err != nil {
					return "can't be read"
				}
				p.Text(t.MarketplaceID)
				p.Text(t.OwnerID)
				p.Text(t.Purpose)
				p.Bool(t.Shared)
				p.Text(digest)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				p.Text(e.MarketplaceID)
				p.Text(e.ActorID)
				p.Said(e, "purpose", "shared", "text")
			}
	},
}
