package ingest

import (
	"context"
	"fmt"
	"iter"
	"os"
	"regexp"
	"strings"
	"time"
	"unicode"

	"evenhand/models"
)

// Source is files of one format. Records reads them once, in order and in bounded memory; its error ends the reading,
// and what came before it stands.
type Source interface {
	Records(ctx context.Context) iter.Seq2[Record, error]
	Size() int64 // of its files together, in bytes
}

// Record is what one record of a file says, or the reason why it can't be taken.
type Record struct {
	File    string
	Line    int    // where the record begins, from 1
	Excerpt string // how the record begins
	Reason  string // not "": rejected
	Review  Review
}

// Review is a review as a marketplace hands it over: everything by the marketplace's own ids.
type Review struct {
	ID         string
	SellerID   string
	SellerName string
	ProductID  string
	Title      string // of the review
	Body       string
	Product    string // the product's title
	Category   string
	CustomerID string
	OrderRef   string
	Verified   *bool // nil: not known
	Rating     int
	PostedAt   time.Time
	Language   string // ISO 639; "": the marketplace doesn't say
}

// Formats are the formats that Open knows.
var Formats = []string{"olist", "amazon"}

// Open finds the files of a format. tell, where not nil, hears of the bytes read as they are read, of all that Size
// announces.
func Open(format string, paths []string, tell func(n int)) (Source, error) {
	switch format {
	case "olist":
		return openOlist(paths, tell)
	case "amazon":
		return openAmazon(paths, tell)
	}
	return nil, models.E(models.Invalid, "unknown_format", "There is no format %q to import; there are %s.", format, strings.Join(Formats, " and "))
}

// size is how many bytes a list of files has.
func size(files []string) int64 {
	var n int64
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			n += info.Size()
		}
	}
	return n
}

// Bounds of what a review says beside its text. PostgreSQL's index rows, which the ids go into, hold 2,700 bytes.
const (
	maxID    = 255
	maxLabel = 500
)

// language is what a code of ISO 639 looks like.
var language = regexp.MustCompile(`^[a-z]{2,3}$`)

var (
	earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// unfit says why a review can't be taken, "" when it can.
func (r *Review) unfit() string {
	for _, id := range []struct{ name, value string }{
		{"review", r.ID}, {"product", r.ProductID}, {"seller", r.SellerID}, {"customer", r.CustomerID},
	} {
		if reason := unfitID(id.name, id.value); reason != "" {
			return reason
		}
	}
	switch {
	case strings.HasPrefix(r.CustomerID, models.ErasedCustomer):
		return "the customer id begins as that of an erased customer does"
	case r.Rating < 1 || r.Rating > 5:
		return fmt.Sprintf("the rating is %d; want 1 to 5", r.Rating)
	case r.PostedAt.Before(earliest) || !r.PostedAt.Before(latest):
		return "the time of the review is out of all bounds"
	case strings.ContainsRune(r.Title+r.Body, 0):
		return reasonNUL
	case len(r.SellerName) > maxLabel || len(r.Product) > maxLabel || len(r.Category) > maxLabel || len(r.OrderRef) > maxID:
		return "a name is longer than anybody's"
	case r.Language != "" && !language.MatchString(r.Language):
		return fmt.Sprintf("the language is %.20q; want a code as de or pt", r.Language)
	}
	return ""
}

func unfitID(name, id string) string {
	switch {
	case id == "":
		return "there is no " + name + " id"
	case len(id) > maxID:
		return fmt.Sprintf("the %s id is longer than %d bytes", name, maxID)
	case strings.ContainsFunc(id, unicode.IsControl):
		return "the " + name + " id has a control character"
	}
	return ""
}

// maxExcerpt is how much of a record goes to the rejects, in bytes.
const maxExcerpt = 200

// excerpt is the beginning of a record as text that any program can show.
func excerpt(b []byte) string {
	s := strings.ToValidUTF8(string(b[:min(len(b), maxExcerpt)]), "\ufffd")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s))
}
