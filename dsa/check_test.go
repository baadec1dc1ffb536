package dsa

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

func good() map[string]any {
	return map[string]any{
		"puid": "olist-0195944b", "decision_visibility": []string{"DECISION_VISIBILITY_CONTENT_REMOVED"}, "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
		"incompatible_content_ground": "Part of a ring", "incompatible_content_explanation": "Several reviews to one plan.", "incompatible_content_illegal": "No",
		"content_type": []any{"CONTENT_TYPE_TEXT"}, "category": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD", "category_specification": []string{"KEYWORD_INAUTHENTIC_ACCOUNTS"},
		"content_date": "2026-03-01", "application_date": "2026-03-14", "decision_facts": "It was compared with 12 others of 2026-03-01 at 14:30, order 4711.",
		"source_type": "SOURCE_VOLUNTARY", "automated_detection": "Yes", "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED", "territorial_scope": []string{"DE", "AT"},
		"content_language": "DE", "content_id": map[string]any{"EAN-13": "4006381333931"},
	}
}

func TestCheckTakesWhatFits(t *testing.T) {
	if err := Check(good()); err != nil {
		t.Fatal(err)
	}
	illegal := good()
	for _, f := range []string{"incompatible_content_ground", "incompatible_content_explanation", "incompatible_content_illegal"} {
		delete(illegal, f)
	}
	maps.Copy(illegal, map[string]any{"decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT", "illegal_content_legal_ground": "An order", "illegal_content_explanation": "It is one."})
	if err := Check(illegal); err != nil {
		t.Error(err)
	}
	banned := good()
	delete(banned, "decision_visibility")
	banned["decision_account"], banned["account_type"] = "DECISION_ACCOUNT_SUSPENDED", "ACCOUNT_TYPE_BUSINESS"
	if err := Check(banned); err != nil {
		t.Error(err)
	}
}

// Each field is attacked: the change names it, and nothing else.
func TestCheckNamesTheField(t *testing.T) {
	long := func(n int) string { return strings.Repeat("ä", n+1) }
	for _, c := range []struct {
		field string
		value any // nil: taken away
		with  map[string]any
	}{
		{"puid", nil, nil}, {"puid", "", nil}, {"puid", "a b", nil}, {"puid", "ä", nil}, {"puid", strings.Repeat("a", 501), nil}, {"puid", 7, nil}, {"puid", "a\n", nil},
		{"decision_visibility", nil, nil}, {"decision_visibility", []string{}, nil}, {"decision_visibility", []string{"CONTENT_REMOVED"}, nil}, {"decision_visibility", "DECISION_VISIBILITY_CONTENT_REMOVED", nil},
		{"decision_visibility", []any{1}, nil}, {"decision_visibility_other", nil, map[string]any{"decision_visibility": []string{"DECISION_VISIBILITY_OTHER"}}}, {"decision_visibility_other", "x", nil},
		{"decision_visibility", []string{"DECISION_VISIBILITY_CONTENT_REMOVED", "DECISION_VISIBILITY_CONTENT_REMOVED"}, nil},
		{"decision_monetary", "SUSPENSION", nil}, {"decision_monetary_other", nil, map[string]any{"decision_monetary": "DECISION_MONETARY_OTHER"}}, {"decision_monetary_other", "x", nil},
		{"decision_provision", "DECISION_PROVISION_X", nil}, {"decision_account", "SUSPENDED", nil}, {"account_type", "BUSINESS", nil},
		{"end_date_visibility_restriction", "tomorrow", nil}, {"end_date_account_restriction", "2026-13-01", nil}, {"end_date_monetary_restriction", "01.02.2026", nil}, {"end_date_service_restriction", 3, nil},
		{"decision_ground", nil, map[string]any{"incompatible_content_ground": nil, "incompatible_content_explanation": nil, "incompatible_content_illegal": nil}},
		{"incompatible_content_ground", nil, nil}, {"incompatible_content_ground", long(500), nil}, {"incompatible_content_explanation", nil, nil}, {"incompatible_content_explanation", long(2000), nil},
		{"incompatible_content_illegal", "no", nil}, {"illegal_content_legal_ground", "x", nil}, {"illegal_content_explanation", "x", nil}, {"decision_ground_reference_url", "javascript:x", nil},
		{"content_type", nil, nil}, {"content_type", []string{}, nil}, {"content_type", []string{"TEXT"}, nil}, {"content_type_other", nil, map[string]any{"content_type": []string{"CONTENT_TYPE_OTHER"}}}, {"content_type_other", "x", nil},
		{"category", nil, nil}, {"category", "SCAMS_AND_FRAUD", nil}, {"category", []string{"x"}, nil}, {"category_addition", []string{"x"}, nil}, {"category_specification", []string{"INAUTHENTIC_ACCOUNTS"}, nil},
		{"category_specification_other", "x", nil}, {"content_date", nil, nil}, {"content_date", "2026-3-1", nil}, {"content_date", "2026-02-30", nil}, {"content_date", "1999-12-31", nil}, {"application_date", nil, nil},
		{"application_date", "2026-03-14T00:00:00Z", nil}, {"decision_facts", nil, nil}, {"decision_facts", "", nil}, {"decision_facts", long(5000), nil}, {"decision_facts", "Write to anna.b@example.test.", nil},
		{"decision_facts", "She can be called at +49 170 1234567.", nil}, {"decision_facts", "Call 0170/123 45 67 now", nil}, {"decision_facts", "DE89 3704 0044 0532 0130 00", nil}, {"decision_facts", "\xff", nil},
		{"incompatible_content_explanation", "mail@example.test", nil}, {"source_type", nil, nil}, {"source_type", "VOLUNTARY", nil}, {"source_identity", "A body", nil},
		{"source_identity", "a@b.example", map[string]any{"source_type": "SOURCE_TRUSTED_FLAGGER"}}, {"automated_detection", nil, nil}, {"automated_detection", "yes", nil}, {"automated_detection", true, nil},
		{"automated_decision", nil, nil}, {"automated_decision", "NOT_AUTOMATED", nil}, {"territorial_scope", []string{"Germany"}, nil}, {"territorial_scope", []string{"US"}, nil}, {"content_language", "de", nil},
		{"content_language", "DEU", nil}, {"content_id", "4006381333931", nil}, {"content_id", map[string]any{"EAN-13": "400638133393"}, nil}, {"content_id", map[string]any{"ISBN": "x"}, nil}, {"free_text", "x", nil},
	} {
		s := good()
		maps.Copy(s, c.with)
		maps.DeleteFunc(s, func(_ string, v any) bool { return v == nil })
		if c.value == nil {
			delete(s, c.field)
		} else {
			s[c.field] = c.value
		}
		var found Problems
		if err := Check(s); !errors.As(err, &found) || len(found) != 1 || found[0].Field != c.field {
			t.Errorf("%s as %.60v: %v", c.field, c.value, err)
		}
	}
	if err := Check(nil); err == nil {
		t.Error("nothing at all passes")
	}
}
