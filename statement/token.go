package statement

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"evenhand/ledger"
	"evenhand/models"
)

// keys follow from the installation's seal key (HKDF-SHA-256, RFC 5869), so that nothing secret rests in the database and
// every instance can write a statement's link again.
type keys struct{ link, look, seal ledger.Keyed }

func newKeys(sealKey []byte) (keys, error) {
	var k keys
	for info, keyed := range map[string]*ledger.Keyed{"evenhand statement link": &k.link, "evenhand statement look-up": &k.look, "evenhand appeal seal": &k.seal} {
		key, err := hkdf.Key(sha256.New, sealKey, nil, info, sha256.Size)
		if err != nil {
			return k, err
		}
		*keyed = ledger.NewKeyed(key)
	}
	return k, nil
}

// tokenLength is the length of a token: 256 bits in base64url.
const tokenLength = 43

// token is the secret of a statement's link.
func (k keys) token(id string) string {
	return base64.RawURLEncoding.EncodeToString(k.link.MAC([]byte(id)))
}

// hash is what is stored of a token.
func (k keys) hash(token string) []byte { return k.look.MAC([]byte(token)) }

// opens says whether a token is a statement's, in constant time. A row whose hash somebody made up doesn't help them: the
// token has to follow from the row's id.
func (k keys) opens(token string, s models.Statement) bool {
	return hmac.Equal([]byte(token), []byte(k.token(s.ID))) && hmac.Equal(k.hash(token), s.TokenHash)
}

// sealAnswer is the MAC that makes an answer count: who writes rows can't answer in somebody's name.
func (k keys) sealAnswer(a models.AppealAnswer) ([]byte, error) {
	text, err := ledger.Canonical(models.Fields{
		"appeal", a.AppealID, "at", a.AnsweredAt.UTC().UnixMicro(), "digest", a.Digest, "id", a.ID, "marketplace", a.MarketplaceID,
		"person", a.PersonID, "review", a.ReviewID, "v", 1, "verdict", a.Verdict,
	})
	return k.seal.MAC(text), err
}

func (k keys) sealed(a models.AppealAnswer) bool {
	want, err := k.sealAnswer(a)
	return err == nil && hmac.Equal(want, a.Seal)
}

// digestOf is the digest by which an entry holds a pool to what it was.
func digestOf(pool string) []byte {
	sum := sha256.Sum256([]byte(pool))
	return sum[:]
}
