package approval

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"evenhand/ledger"
	"evenhand/models"
)

// Sealer makes and checks the seal on a proposal or an approval: HMAC-SHA-256 (RFC 2104) over its canonical JSON, under
// a key that is never in the database. Whoever can only write rows can make neither of the two people.
type Sealer struct{ key ledger.Keyed }

// minSealKey is the shortest key that is taken, in bytes: the length of the MAC.
const minSealKey = 32

// NewSealer takes a key of at least 32 bytes.
func NewSealer(key []byte) (Sealer, error) {
	if len(key) < minSealKey {
		return Sealer{}, fmt.Errorf("seal key: %d bytes; want at least %d", len(key), minSealKey)
	}
	return Sealer{key: ledger.NewKeyed(key)}, nil
}

// SealApproval commits to the note of an approval and seals it.
func (s Sealer) SealApproval(a *models.Approval) error {
	a.NoteSalt = ledger.NewSalt()
	a.NoteDigest = noteDigest(a.NoteSalt, a.Note)
	var err error
	a.Seal, err = s.Seal(*a)
	return err
}

// Seal computes the seal of an approval from everything in it but the seal; of the note it takes the commitment, so
// that erasing the note and its salt leaves a seal that holds and from which nobody can guess the note. An approval from
// before there were commitments has the note itself under its seal.
func (s Sealer) Seal(a models.Approval) ([]byte, error) {
	version, note := 2, any(a.NoteDigest)
	if len(a.NoteDigest) == 0 {
		version, note = 1, a.Note
	}
	return s.mac(models.Fields{
		"approver", a.ApproverID, "at", a.CreatedAt.UTC().UnixMicro(), "digest", a.Digest, "id", a.ID,
		"marketplace", a.MarketplaceID, "note", note, "proposal", a.ProposalID, "v", version, "verdict", a.Verdict,
	})
}

// Valid says whether an approval carries its own seal, and the note that it covers, unless that was erased. The seal
// is compared in constant time. Whether a note may be missing isn't asked here: verify does.
func (s Sealer) Valid(a models.Approval) bool {
	if !noteFits(a) {
		return false
	}
	want, err := s.Seal(a)
	return err == nil && hmac.Equal(want, a.Seal)
}

func noteFits(a models.Approval) bool {
	if a.ErasedAt != nil {
		return a.Note == "" && len(a.NoteSalt) == 0 && len(a.NoteDigest) > 0
	}
	return len(a.NoteDigest) == 0 || bytes.Equal(a.NoteDigest, noteDigest(a.NoteSalt, a.Note))
}

func noteDigest(salt []byte, note string) []byte {
	h := sha256.New()
	h.Write(salt)
	h.Write([]byte(note))
	return h.Sum(nil)
}

// SealProposal computes the seal of a proposal from what it asks, by whom and at which quorum. Where that was erased,
// the digest is all that is left of it.
func (s Sealer) SealProposal(p models.Proposal) ([]byte, error) {
	digest, err := p.Digest, error(nil)
	if p.ErasedAt == nil {
		digest, err = Digest(p)
	}
	if err != nil {
		return nil, err
	}
	return s.sealAsked(digest)
}

func (s Sealer) sealAsked(digest []byte) ([]byte, error) {
	return s.mac(models.Fields{"asked", digest, "v", 1})
}

// validAsked is ValidProposal for a digest that is known to fit what the proposal asks.
func (s Sealer) validAsked(digest, seal []byte) bool {
	want, err := s.sealAsked(digest)
	return err == nil && hmac.Equal(want, seal)
}

// ValidProposal says whether a proposal carries its own seal, in constant time.
func (s Sealer) ValidProposal(p models.Proposal) bool {
	want, err := s.SealProposal(p)
	return err == nil && hmac.Equal(want, p.Seal)
}

func (s Sealer) mac(v any) ([]byte, error) {
	b, err := ledger.Canonical(v)
	if err != nil {
		return nil, err
	}
	return s.key.MAC(b), nil
}
