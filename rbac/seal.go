package rbac

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"

	"evenhand/models"
)

// SealGrant is the MAC (HMAC-SHA-256, RFC 2104) that makes a grant count: over whose it is, which role, where, from
// and to when, under a key that isn't in the database. Whoever can only write rows can't give anybody a role.
func SealGrant(key []byte, g models.RoleGrant) ([]byte, error) {
	said := struct {
		What, ID, Staff, Role, Marketplace string
		From                               int64
		To                                 *int64
	}{What: "grant", ID: g.ID, Staff: g.StaffID, Role: g.Role, Marketplace: g.MarketplaceID, From: g.ValidFrom.UTC().UnixMicro()}
	if g.ValidTo != nil {
		to := g.ValidTo.UTC().UnixMicro()
		said.To = &to
	}
	b, err := json.Marshal(said) // fields in the order above, so one grant has one text
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(b)
	return mac.Sum(nil), nil
}

// Sealed says whether a grant carries its own seal, in constant time.
func Sealed(key []byte, g models.RoleGrant) bool {
	want, err := SealGrant(key, g)
	return err == nil && hmac.Equal(want, g.Seal)
}
