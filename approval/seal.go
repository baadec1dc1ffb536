package approval

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"evenhand/ledger"
	"evenhand/models"
)

// Sealer makes and checks the seal on a proposal or an approval: HMAC-SHA-256 (RFC 2104) over its canonical JSON, under
// a key that is never in the database. Whoever can only write rows can make neither of the two people.
type Sealer struct{ key []byte }

// minSealKey is the shortest key that is taken, in bytes: the length of the MAC.
const minSealKey = 32

// NewSealer takes a key of at least 32 bytes.
func NewSealer(key []byte) (Sealer, error) {
	if len(key) < minSealKey {
		return Sealer{}, fmt.Errorf("seal key: %d bytes; want at least %d", len(key), minSealKey)
	}
	return Sealer{key: key}, nil
}

// Seal computes the seal of an approval from everything in it but the seal.
func (s Sealer) Seal(a models.Approval) ([]byte, error) {
	return s.mac(map[string]any{
		"v": 1, "marketplace": a.MarketplaceID, "id": a.ID, "proposal": a.ProposalID, "approver": a.ApproverID,
		"verdict": a.Verdict, "note": a.Note, "digest": a.Digest, "at": a.CreatedAt.UTC().UnixMicro(),
	})
}

// Valid says whether an approval carries its own seal, in constant time.
func (s Sealer) Valid(a models.Approval) bool {
	want, err := s.Seal(a)
	return err == nil && hmac.Equal(want, a.Seal)
}

// SealProposal computes the seal of a proposal from what it asks, by whom and at which quorum.
func (s Sealer) SealProposal(p models.Proposal) ([]byte, error) {
	digest, err := Digest(p)
	if err != nil {
		return nil, err
	}
	return s.mac(map[string]any{"v": 1, "asked": digest})
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
	mac := hmac.New(sha256.New, s.key)
	mac.Write(b)
	return mac.Sum(nil), nil
}
