package apptest

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"time"

	"github.com/google/uuid"

	"evenhand/approval"
	"evenhand/ledger"
)

var (
	ids    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	sha    = regexp.MustCompile(`^[0-9a-f]{64}$`)
	oneDay = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
)

// id is what an id becomes: the same, so many days later, if it was made on that day.
func (d *day) id(text string) string {
	if fixed := d.fixed[text]; fixed != "" {
		return fixed
	}
	id, err := uuid.Parse(text)
	if err != nil || text < d.first() {
		return text
	}
	milli := int64(0)
	for _, b := range id[:6] {
		milli = milli<<8 | int64(b)
	}
	milli += d.by.Milliseconds()
	for i := range 6 {
		id[i] = byte(milli >> (40 - 8*i)) //nolint:gosec // its lowest byte
	}
	return id.String()
}

func (d *day) period(text string) string {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return at.Add(d.by).Format(time.DateOnly)
}

// text is what a text becomes: a day another, a digest another, and each id in it.
func (d *day) text(s string) string {
	switch {
	case oneDay.MatchString(s):
		return d.period(s)
	case sha.MatchString(s):
		if now := d.digests[s]; now != nil {
			return hex.EncodeToString(now)
		}
		return s
	}
	return ids.ReplaceAllStringFunc(s, d.id)
}

// data is what the data of an entry become. Numbers of more than 10^15 are moments, in microseconds.
func (d *day) data(v any) any {
	switch v := v.(type) {
	case string:
		return d.text(v)
	case float64:
		if v > 1e15 {
			return v + float64(d.by.Microseconds())
		}
	case map[string]any:
		for key := range v {
			v[key] = d.data(v[key])
		}
	case []any:
		for i := range v {
			v[i] = d.data(v[i])
		}
	}
	return v
}

// value is what a column's value becomes.
func (d *day) value(column string, v any) any {
	switch v := v.(type) {
	case string:
		if column == "external_id" {
			return d.external(v)
		}
		return d.text(v)
	case time.Time:
		return v.UTC().Add(d.by)
	case []byte:
		if now := d.digests[hex.EncodeToString(v)]; now != nil {
			return now
		}
	}
	return v
}

func (d *day) external(id string) string { return fmt.Sprintf("%s-%d", id, d.n) }

func (d *day) shifted(t *table) *table {
	out := &table{name: t.name, columns: t.columns, rows: make([][]any, len(t.rows))}
	for i, row := range t.rows {
		out.rows[i] = make([]any, len(row))
		for k, v := range row {
			out.rows[i][k] = d.value(t.columns[k], v)
		}
	}
	return out
}

// redigest makes the digests, seals and hashes of the day anew: what is committed to has other ids and times.
func (d *day) redigest() error {
	came := map[string][][2][]byte{}
	for _, r := range d.reviews {
		old := r.Digest
		r.ID, r.ExternalID, r.PostedAt = d.id(r.ID), d.external(r.ExternalID), r.PostedAt.Add(d.by)
		digest, err := ledger.Commit(r.Salt, r.Content())
		if err != nil {
			return err
		}
		d.becomes(old, digest)
		came[r.IntakeID] = append(came[r.IntakeID], [2][]byte{old, digest})
	}
	for _, pairs := range came {
		var was, is [][]byte
		for _, p := range pairs {
			was, is = append(was, p[0]), append(is, p[1])
		}
		d.becomes(root(was), root(is))
	}
	for _, w := range d.draws {
		was, is := sha256.Sum256([]byte(w.Pool)), sha256.Sum256([]byte(d.text(w.Pool)))
		d.becomes(was[:], is[:])
	}
	if err := d.reseal(); err != nil {
		return err
	}
	return d.relink()
}

func (d *day) reseal() error {
	seal, err := approval.NewSealer(SealKey)
	if err != nil {
		return err
	}
	for _, p := range d.proposals {
		was, sealed := p.Digest, p.Seal
		p.ID, p.SubjectID, p.Payload = d.id(p.ID), d.id(p.SubjectID), d.text(p.Payload)
		p.CreatedAt, p.ExpiresAt = p.CreatedAt.Add(d.by), p.ExpiresAt.Add(d.by)
		if p.Digest, err = approval.Digest(p); err != nil {
			return err
		}
		if p.Seal, err = seal.SealProposal(p); err != nil {
			return err
		}
		d.becomes(was, p.Digest)
		d.becomes(sealed, p.Seal)
	}
	for _, a := range d.approvals {
		sealed := a.Seal
		a.ID, a.ProposalID, a.CreatedAt, a.Digest = d.id(a.ID), d.id(a.ProposalID), a.CreatedAt.Add(d.by), d.digests[hex.EncodeToString(a.Digest)]
		if a.Seal, err = seal.Seal(a); err != nil {
			return err
		}
		d.becomes(sealed, a.Seal)
	}
	return nil
}

// relink makes the hashes of the links of statements, as package statement derives them.
func (d *day) relink() error {
	link, err := hkdf.Key(sha256.New, SealKey, nil, "evenhand statement link", sha256.Size)
	if err != nil {
		return err
	}
	look, err := hkdf.Key(sha256.New, SealKey, nil, "evenhand statement look-up", sha256.Size)
	if err != nil {
		return err
	}
	mac := func(key []byte, text string) []byte {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(text))
		return m.Sum(nil)
	}
	for _, s := range d.statements {
		d.becomes(s.TokenHash, mac(look, base64.RawURLEncoding.EncodeToString(mac(link, d.id(s.ID)))))
	}
	return nil
}
