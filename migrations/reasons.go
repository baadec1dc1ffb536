package migrations

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed reason_codes_v1.json
var reasonCodesV1 []byte

type reasonCode struct {
	Code        string          `json:"code"`
	Meaning     string          `json:"meaning"`
	Policy      string          `json:"policy"`
	Evidence    json.RawMessage `json:"evidence"`
	Remedy      string          `json:"remedy"`
	DSAGround   string          `json:"dsa_ground"`
	DSACategory string          `json:"dsa_category"`
	DSAKeyword  string          `json:"dsa_keyword"`
	FTCBasis    string          `json:"ftc_basis"`
}

// reasonCodes is migration 6 for both dialects: the first version of the closed list of reasons.
func reasonCodes() *goose.Migration {
	return goose.NewGoMigration(6, &goose.GoFunc{RunTx: insertReasonCodes}, &goose.GoFunc{RunTx: deleteReasonCodes})
}

func insertReasonCodes(ctx context.Context, tx *sql.Tx) error {
	var codes []reasonCode
	if err := json.Unmarshal(reasonCodesV1, &codes); err != nil {
		return err
	}
	for i, c := range codes {
		values := []string{c.Code, c.Meaning, c.Policy, string(c.Evidence), c.Remedy, c.DSAGround, c.DSACategory, c.DSAKeyword, c.FTCBasis}
		for j, v := range values {
			values[j] = quote(v)
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`INSERT INTO reason_codes
			(code, version, meaning, policy, evidence, remedy, dsa_ground, dsa_category, dsa_keyword, ftc_basis, position, valid_from)
			VALUES (%s, 1, %s, %d, '2025-01-01 00:00:00+00:00')`, values[0], strings.Join(values[1:], ", "), i+1))
		if err != nil {
			return fmt.Errorf("reason code %s: %w", c.Code, err)
		}
	}
	return nil
}

func deleteReasonCodes(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM reason_codes WHERE version = 1`)
	return err
}

// quote makes a literal that both dialects read alike; the two drivers' placeholders differ, and the text is ours.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
