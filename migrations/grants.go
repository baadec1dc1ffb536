package migrations

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// appPrivileges is all that the running application may do on PostgreSQL: no DDL, no DELETE or UPDATE on what is
// append-only, and UPDATE elsewhere only of the columns that change. Of what is append-only otherwise, the columns that
// an erasure blanks can be updated; the guards let nothing but the blanking pass.
var appPrivileges = map[string][]string{
	"goose_db_version": {"SELECT"},
	"marketplaces": {"SELECT", "INSERT",
		"UPDATE (negative_at_or_below, proposal_ttl_hours, lease_minutes, approvers_drawn, looks_per_10000, statement_language, redress_body, territory)",
		"UPDATE (blind_parties, blind_requester, holds_per_day, hold_minutes, settings_version, settings_id)"},
	"sellers":   {"SELECT", "INSERT", "UPDATE (name)"},
	"products":  {"SELECT", "INSERT", "UPDATE (title, category)"},
	"customers": {"SELECT", "INSERT", "UPDATE (external_id, erased_at, erasure_id)"},
	"reviews": {"SELECT", "INSERT",
		"UPDATE (order_ref, rating, title, body, posted_at, version, salt, digest, status, removal_id, updated_at, erased_at)",
		"UPDATE (seller_id, product_id, label_id, redaction_id, move_id, home_seller_id, home_product_id, language, hold_id, held_until)"},
	"review_versions":  {"SELECT", "INSERT", "UPDATE (title, body, salt, erased_at)"},
	"staff":            {"SELECT", "INSERT", "UPDATE (disabled_at)"},
	"sessions":         {"SELECT", "INSERT", "UPDATE (seen_at)", "DELETE"},
	"sign_in_failures": {"SELECT", "INSERT", "DELETE"},
	"role_grants":      {"SELECT", "INSERT", "UPDATE (revoked_at, revoked_by)"},
	"grant_queues":     {"SELECT", "INSERT"},
	"grant_skills":     {"SELECT", "INSERT"},
	"grants_epoch":     {"SELECT", "UPDATE (epoch)"},
	"tokens":           {"SELECT", "INSERT", "UPDATE (used_at, revoked_at)"},
	"interests":        {"SELECT", "INSERT", "UPDATE (ended_at)"},
	"reason_codes":     {"SELECT"},
	"proposals":        {"SELECT", "INSERT", "UPDATE (state, decided_at, payload, erased_at)"},
	"approvals":        {"SELECT", "INSERT", "UPDATE (note, note_salt, note_digest, seal, erased_at)"},
	"tickets":          {"SELECT", "INSERT", "UPDATE (state, lease_holder_id, lease_until, closed_at, queue, priority, due_at, skill, route)"},
	"flags":            {"SELECT", "INSERT", "UPDATE (text, erased_at)"},
	"decisions":        {"SELECT", "INSERT"},
	"second_looks":     {"SELECT", "INSERT"},
	"skips":            {"SELECT", "INSERT", "UPDATE (note, erased_at)"},
	"removal_requests": {"SELECT", "INSERT"},
	"restorations":     {"SELECT", "INSERT", "UPDATE (note, erased_at)"},
	"holds":            {"SELECT", "INSERT", "UPDATE (ended_at, how, end_proposal_id, words, salt, erased_at)"},
	"removal_facts":    {"SELECT"},
	"saved_filters":    {"SELECT", "INSERT", "UPDATE (name)", "DELETE"},
	"text_templates":   {"SELECT", "INSERT", "DELETE"},
	"set_picks":        {"SELECT", "INSERT", "DELETE"},
	"attachments":      {"SELECT", "INSERT", "UPDATE (proposal_id, name, content, swept_at, erased_at)"},
	"statements":       {"SELECT", "INSERT"},
	"appeals":          {"SELECT", "INSERT", "UPDATE (words, salt, erased_at)"},
	"appeal_draws":     {"SELECT", "INSERT", "UPDATE (ended_at, ended_why)"},
	"appeal_answers":   {"SELECT", "INSERT", "UPDATE (words, salt, erased_at)"},
	"draw_seeds":       {"SELECT", "INSERT", "UPDATE (reveal_id, seed)"},
	"draws":            {"SELECT", "INSERT"},
	"approver_draws":   {"SELECT", "INSERT", "UPDATE (ended_at, ended_why)"},
	"ledger_entries":   {"SELECT", "INSERT"},

	"evidence_openings": {"SELECT", "INSERT"},
	"proposal_messages": {"SELECT", "INSERT", "UPDATE (text, text_salt, erased_at)"},
	"unmaskings":        {"SELECT", "INSERT", "UPDATE (text, text_salt, erased_at)"},
	"staff_preferences": {"SELECT", "INSERT", "UPDATE (language, time_zone, undo, single_keys, media, break_after, updated_at)"},
	"rule_sets":         {"SELECT", "INSERT"},
	"ticket_routes":     {"SELECT", "INSERT"},
	"shifts":            {"SELECT", "INSERT"},
	"kept_boards":       {"SELECT", "INSERT", "UPDATE (computed_at, since, compared, lease_until)"},
	"kept_alarms":       {"SELECT", "INSERT", "DELETE"},

	"ledger_pending":      {"SELECT", "DELETE"},
	"ledger_leaves":       {"SELECT", "INSERT"},
	"ledger_tiles":        {"SELECT", "INSERT"},
	"ledger_checkpoints":  {"SELECT", "INSERT"},
	"ledger_cosignatures": {"SELECT", "INSERT"},
}

var roleName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// GrantApp gives an existing PostgreSQL role exactly the application's privileges, and takes away any other it had.
// It runs as the schema's owner, after every migration up.
func GrantApp(ctx context.Context, db *sql.DB, role string) error {
	if !roleName.MatchString(role) {
		return fmt.Errorf("role name %q: want lower-case letters, digits and _", role)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it has nothing to do
	for _, stmt := range grantStatements(role) {
		if _, err := tx.ExecContext(ctx, stmt); err != nil {
			return fmt.Errorf("%s: %w", stmt, err)
		}
	}
	return tx.Commit()
}

func grantStatements(role string) []string {
	out := []string{
		"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM " + role,
		"REVOKE CREATE ON SCHEMA public FROM PUBLIC, " + role,
		"GRANT USAGE ON SCHEMA public TO " + role,
	}
	var tables []string
	for t := range appPrivileges {
		tables = append(tables, t)
	}
	slices.Sort(tables)
	for _, t := range tables {
		out = append(out, fmt.Sprintf("GRANT %s ON %s TO %s", strings.Join(appPrivileges[t], ", "), t, role))
	}
	return out
}
