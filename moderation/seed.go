package moderation

import (
	"crypto/hmac"
	"crypto/sha256"
	"math/big"
	"time"

	"evenhand/ledger"
)

// periodOf is the period that a time belongs to: its UTC day, as YYYY-MM-DD.
func periodOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// periodEnd is the first moment after a period.
func periodEnd(period string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, period)
	return t.AddDate(0, 0, 1), err
}

// seedOf derives the seed of a marketplace's period: HMAC-SHA-256 (RFC 2104) under the seal key, over the canonical
// JSON of {"marketplace", "period", "what": "draw seed"}. So every instance has it, and the database hasn't.
func seedOf(key []byte, marketplace, period string) ([]byte, error) {
	return macOf(key, map[string]any{"what": "draw seed", "marketplace": marketplace, "period": period})
}

// commitmentTo is what the ledger carries of a seed until its period is over.
func commitmentTo(seed []byte) []byte {
	sum := sha256.Sum256(seed)
	return sum[:]
}

// Pick is the draw: which of size a seed gives to the n-th draw of somebody, as a number from 0 to size−1.
//
//	HMAC-SHA-256(seed, {"attempt":a,"for":"id","n":n}) as a big-endian number, modulo size
//
// The JSON is canonical (RFC 8785), which is what stands above without spaces. who is the id of the person who draws a
// ticket, or of the request that an approver is drawn for. The bias of the remainder is below size/2²⁵⁶.
func Pick(seed []byte, who string, n, attempt, size int) (int, error) {
	mac, err := macOf(seed, map[string]any{"for": who, "n": n, "attempt": attempt})
	if err != nil {
		return 0, err
	}
	x := new(big.Int).SetBytes(mac)
	return int(x.Mod(x, big.NewInt(int64(size))).Int64()), nil
}

func macOf(key []byte, v any) ([]byte, error) {
	b, err := ledger.Canonical(v)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(b)
	return mac.Sum(nil), nil
}

// poolOf is a pool as its row has it, and the digest by which the entry holds the row to it.
func poolOf(ids []string) (text string, digest []byte, err error) {
	b, err := ledger.Canonical(ids)
	sum := sha256.Sum256(b)
	return string(b), sum[:], err
}
