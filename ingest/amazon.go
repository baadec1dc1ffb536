package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"evenhand/models"
)

// amazon is files of one JSON object a line, as the Amazon review data sets of 2018 and of 2023 have them.
type amazon struct {
	files []string
	tell  func(n int)
}

// amazonNames are what the files in a folder have to end in.
var amazonNames = []string{".json", ".jsonl", ".json.gz", ".jsonl.gz"}

func openAmazon(paths []string, tell func(n int)) (Source, error) {
	a := &amazon{tell: tell}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, unreadable(p, 0, err)
		}
		if !info.IsDir() {
			a.files = append(a.files, p)
			continue
		}
		found, err := within(p)
		if err != nil {
			return nil, err
		}
		a.files = append(a.files, found...)
	}
	if len(a.files) == 0 {
		return nil, models.E(models.Invalid, "nothing_to_import", "Name at least one file or folder to import.")
	}
	return a, nil
}

// within finds the files of a folder, in the order of their names.
func within(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, unreadable(dir, 0, err)
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && slices.ContainsFunc(amazonNames, func(end string) bool { return strings.HasSuffix(e.Name(), end) }) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	if len(out) == 0 {
		return nil, models.E(models.Invalid, "not_amazon", "The folder %s has no files named %s.", dir, strings.Join(amazonNames, ", "))
	}
	return out, nil
}

// Size is that of all files together.
func (a *amazon) Size() int64 { return size(a.files) }

// Records reads one file after the other.
func (a *amazon) Records(ctx context.Context) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for _, path := range a.files {
			for r, err := range a.file(path) {
				if !yield(r, err) || err != nil {
					return
				}
			}
		}
	}
}

func (a *amazon) file(path string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		in, err := openInput(path, a.tell)
		if err != nil {
			yield(Record{}, err)
			return
		}
		defer in.close() //nolint:errcheck // it was only read
		for {
			line, err := in.next(splitLine)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Record{}, in.failed(err))
				return
			}
			r := Record{File: filepath.Base(path), Line: line.line, Reason: line.reason, Excerpt: excerpt(line.bytes)}
			if r.Reason == "" {
				r.Review, r.Reason = amazonReview(line.bytes)
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// amazonFields are the fields that count, of 2018 first and of 2023 after them.
type amazonFields struct {
	Overall        *float64 `json:"overall"`
	ReviewerID     string   `json:"reviewerID"`
	ReviewText     string   `json:"reviewText"`
	Summary        string   `json:"summary"`
	UnixReviewTime *float64 `json:"unixReviewTime"` // seconds
	Verified       *bool    `json:"verified"`

	Rating           *float64 `json:"rating"`
	UserID           string   `json:"user_id"`
	Title            string   `json:"title"`
	Text             string   `json:"text"`
	Timestamp        *float64 `json:"timestamp"` // milliseconds
	VerifiedPurchase *bool    `json:"verified_purchase"`
	ParentASIN       string   `json:"parent_asin"`

	ASIN string `json:"asin"` // both
}

// amazonReview makes a review of one line, or says why it can't be taken. There is no seller in the data: the
// listing stands for it.
func amazonReview(line []byte) (Review, string) {
	var f amazonFields
	if err := json.Unmarshal(line, &f); err != nil {
		return Review{}, notJSON(err)
	}
	r := Review{ProductID: f.ASIN}
	var rating, at *float64
	unit := float64(time.Second / time.Microsecond)
	switch {
	case f.Overall != nil:
		r.CustomerID, r.Title, r.Body, r.Verified = f.ReviewerID, f.Summary, f.ReviewText, f.Verified
		rating, at = f.Overall, f.UnixReviewTime
	case f.Rating != nil:
		r.CustomerID, r.Title, r.Body, r.Verified = f.UserID, f.Title, f.Text, f.VerifiedPurchase
		rating, at, unit = f.Rating, f.Timestamp, float64(time.Millisecond/time.Microsecond)
		if f.ASIN == "" {
			r.ProductID = f.ParentASIN
		}
	default:
		return Review{}, "there is no rating, neither as overall nor as rating"
	}
	if *rating != math.Trunc(*rating) || math.Abs(*rating) > 100 {
		return Review{}, fmt.Sprintf("the rating is %v; want a whole number from 1 to 5", *rating)
	}
	if at == nil {
		return Review{}, "there is no time of the review, neither as unixReviewTime nor as timestamp"
	}
	if math.Abs(*at*unit) > float64(latest.UnixMicro()) {
		return Review{}, "the time of the review is out of all bounds"
	}
	r.Rating, r.PostedAt = int(*rating), time.UnixMicro(int64(*at*unit)).UTC()
	r.SellerID, r.SellerName = r.ProductID, "seller of "+r.ProductID
	r.Product, r.Category = "listing "+r.ProductID, uncategorised
	r.ID = amazonID(r)
	return r, r.unfit()
}

// amazonID identifies a review, which has no id of its own in the data: SHA-256 over reviewer, asin, time in
// microseconds, rating, text and title, each as a netstring (https://cr.yp.to/proto/netstrings.txt).
func amazonID(r Review) string {
	h := sha256.New()
	for _, s := range []string{
		r.CustomerID, r.ProductID, strconv.FormatInt(r.PostedAt.UnixMicro(), 10), strconv.Itoa(r.Rating), r.Body, r.Title,
	} {
		fmt.Fprintf(h, "%d:%s,", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// notJSON says in words what is wrong with a line.
func notJSON(err error) string {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) && kind.Field != "" {
		return fmt.Sprintf("the field %s is a %s", kind.Field, kind.Value)
	}
	if errors.As(err, &kind) {
		return "is JSON, but no object"
	}
	return "isn't JSON: " + strings.TrimPrefix(err.Error(), "json: ")
}
