package history

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"time"
)

// Filter narrows requests for removals. Zero values don't narrow; of lists, any member will do. Who and what are our ids.
type Filter struct {
	Marketplace string

	Seller, Product, Customer string
	Requester, Approver       string // both: the pair
	Queue                     string
	Remedy                    string // "": any
	Reasons, States           []string
	Stars                     []int
	Verified                  string   // VerifiedYes, VerifiedNo or VerifiedUnknown
	Held                      string   // HeldYes or HeldNo: whether its review was ever held
	Assigned                  string   // models.AssignedRandom or AssignedPicked
	IDs                       []string // of reviews or requests

	By       string    // what From and To are about: "", when it was asked for, or ByDecided
	From, To time.Time // From is inclusive, To exclusive; whole UTC days

	// AsOf shows what was known before this moment; zero: what is known now.
	AsOf time.Time
}

// Values of Filter.Verified and Filter.By.
const (
	VerifiedYes     = "yes"
	VerifiedNo      = "no"
	VerifiedUnknown = "unknown"
	HeldYes         = "yes"
	HeldNo          = "no"
	ByAsked         = "asked"
	ByDecided       = "decided"
)

// The filters' names in addresses, which are also the fields of their errors.
const (
	fSeller    = "seller"
	fProduct   = "product"
	fCustomer  = "customer"
	fRequester = "moderator"
	fApprover  = "approver"
	fQueue     = "queue"
	fRemedy    = "remedy"
	fReason    = "reason"
	fStars     = "stars"
	fState     = "state"
	fVerified  = "verified"
	fHeld      = "held"
	fAssigned  = "assigned"
	fIDs       = "ids"
	fBy        = "by"
	fFrom      = "from"
	fTo        = "to"
	fAsOf      = "asof"
)

// Fields are all of them, in the order of the form.
var Fields = []string{
	fSeller, fProduct, fCustomer, fRequester, fApprover, fQueue, fRemedy, fReason, fStars, fState, fVerified, fHeld, fAssigned, fIDs, fBy, fFrom, fTo, fAsOf,
}

// Values writes the filter for an address, ids in place of names, always the same for the same filter.
func (f Filter) Values() url.Values {
	v := url.Values{}
	set := func(name string, values ...string) {
		for _, s := range values {
			if s != "" {
				v.Add(name, s)
			}
		}
	}
	set(fSeller, f.Seller)
	set(fProduct, f.Product)
	set(fCustomer, f.Customer)
	set(fRequester, f.Requester)
	set(fApprover, f.Approver)
	set(fQueue, f.Queue)
	set(fRemedy, f.Remedy)
	set(fReason, f.Reasons...)
	set(fState, f.States...)
	for _, n := range f.Stars {
		set(fStars, strconv.Itoa(n))
	}
	set(fVerified, f.Verified)
	set(fHeld, f.Held)
	set(fAssigned, f.Assigned)
	for i, id := range f.IDs {
		if i == 0 {
			v.Set(fIDs, id)
			continue
		}
		v.Set(fIDs, v.Get(fIDs)+" "+id)
	}
	set(fBy, f.By)
	if !f.From.IsZero() {
		set(fFrom, f.From.Format(time.DateOnly))
	}
	if !f.To.IsZero() {
		set(fTo, f.To.AddDate(0, 0, -1).Format(time.DateOnly))
	}
	if !f.AsOf.IsZero() {
		set(fAsOf, asOfText(f.AsOf))
	}
	return v
}

// asOfText writes a day where the moment is the end of one.
func asOfText(t time.Time) string {
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}

// Digest commits to the filter: SHA-256 of its marketplace, a newline and its Values as an address has them, in hex.
func (f Filter) Digest() string { return digestOf(f.Marketplace, f.Values().Encode()) }

func digestOf(marketplace, query string) string {
	sum := sha256.Sum256([]byte(marketplace + "\n" + query))
	return hex.EncodeToString(sum[:])
}
