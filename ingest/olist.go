package ingest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"evenhand/models"
)

// The files of an Olist folder, without .gz.
const (
	olistReviews    = "olist_order_reviews_dataset.csv"
	olistOrders     = "olist_orders_dataset.csv"
	olistItems      = "olist_order_items_dataset.csv"
	olistProducts   = "olist_products_dataset.csv"
	olistSellers    = "olist_sellers_dataset.csv"
	olistCategories = "product_category_name_translation.csv"
)

// olistTime is how Olist writes times; it says nothing of a zone, and they are taken as UTC.
const olistTime = "2006-01-02 15:04:05"

// olist is a folder of the Brazilian E-Commerce Public Dataset by Olist.
type olist struct {
	files map[string]string // file name → path
	tell  func(n int)
}

func openOlist(paths []string, tell func(n int)) (Source, error) {
	if len(paths) != 1 {
		return nil, models.E(models.Invalid, "not_olist", "Olist is one folder of CSV files; name that one folder.")
	}
	dir := paths[0]
	if info, err := os.Stat(dir); err != nil {
		return nil, unreadable(dir, 0, err)
	} else if !info.IsDir() {
		return nil, models.E(models.Invalid, "not_olist", "%s isn't a folder. Olist is a folder of CSV files; name the folder.", dir)
	}
	o := &olist{files: map[string]string{}, tell: tell}
	var missing []string
	for _, name := range []string{olistReviews, olistOrders, olistItems, olistProducts, olistSellers, olistCategories} {
		path, err := plainOrZipped(filepath.Join(dir, name))
		switch {
		case errors.Is(err, fs.ErrNotExist) && name == olistCategories: // names stay Portuguese
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, name)
		case err != nil:
			return nil, err
		default:
			o.files[name] = path
		}
	}
	if len(missing) > 0 {
		return nil, models.E(models.Invalid, "not_olist", "%s isn't a complete Olist folder: it has no %s (plain or .gz).", dir, strings.Join(missing, ", "))
	}
	return o, nil
}

// plainOrZipped finds a file under its name or that with .gz; both at once would leave open which is meant.
func plainOrZipped(path string) (string, error) {
	_, plain := os.Stat(path)
	_, zipped := os.Stat(path + ".gz")
	switch {
	case plain == nil && zipped == nil:
		return "", models.E(models.Invalid, "not_olist", "There are both %s and %s.gz; leave one of them.", path, filepath.Base(path))
	case zipped == nil:
		return path + ".gz", nil
	}
	return path, plain
}

// Size is that of all files together.
func (o *olist) Size() int64 { return size(slices.Collect(maps.Values(o.files))) }

// Records puts what reviews refer to aside first, and then gives the reviews. A review is one (review_id, order_id);
// its seller is that of the order's first item.
func (o *olist) Records(ctx context.Context) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		s, err := newStage(ctx)
		if err != nil {
			yield(Record{}, err)
			return
		}
		defer s.close()
		for _, load := range []stageTable{stageOrders, stageItems, stageProducts, stageSellers, stageCategories} {
			if o.files[load.file] == "" {
				continue
			}
			for bad, err := range s.load(ctx, load, o.files[load.file], o.tell) {
				if !yield(bad, err) || err != nil {
					return
				}
			}
		}
		for r, err := range o.reviews(ctx, s) {
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// How many reviews are looked up at a time.
const (
	lookUpRows  = 500
	lookUpBytes = 1 << 20
)

// reviews reads the file of reviews and joins each to its order, a batch at a time.
func (o *olist) reviews(ctx context.Context, s *stage) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		t, err := openTable(o.files[olistReviews], []string{
			"review_id", "order_id", "review_score", "review_comment_title", "review_comment_message", "review_creation_date",
		}, o.tell)
		if err != nil {
			yield(Record{}, err)
			return
		}
		defer t.close() //nolint:errcheck // it was only read
		var batch []row
		bytes := 0
		flush := func() bool {
			found, err := s.find(ctx, batch)
			if err != nil {
				return yield(Record{}, err) && false
			}
			for i, r := range batch {
				if r.Reason == "" {
					r.Review, r.Reason = olistReview(r.columns, found[i])
				}
				if !yield(r.Record, nil) {
					return false
				}
			}
			batch, bytes = batch[:0], 0
			return true
		}
		for r, err := range t.rows() {
			if err != nil {
				if flush() {
					yield(Record{}, err)
				}
				return
			}
			batch = append(batch, r)
			for _, c := range r.columns {
				bytes += len(c)
			}
			if (len(batch) == lookUpRows || bytes > lookUpBytes) && !flush() {
				return
			}
		}
		flush()
	}
}

// olistReview makes a review of a row and its order.
func olistReview(columns []string, o order) (Review, string) {
	id, orderID, score, posted := columns[0], columns[1], columns[2], columns[5]
	switch {
	case unfitID("review", id) != "":
		return Review{}, unfitID("review", id)
	case unfitID("order", orderID) != "":
		return Review{}, unfitID("order", orderID)
	case !o.known:
		return Review{}, "the order " + orderID + " isn't among the orders"
	case !o.items:
		return Review{}, "the order " + orderID + " has no items, so nobody knows whom the review is about"
	}
	rating, err := strconv.Atoi(score)
	if err != nil {
		return Review{}, fmt.Sprintf("the rating is %.20q; want 1 to 5", score)
	}
	at, err := time.Parse(olistTime, posted)
	if err != nil {
		return Review{}, fmt.Sprintf("review_creation_date is %.40q; want YYYY-MM-DD HH:MM:SS", posted)
	}
	r := Review{
		ID: id + ":" + orderID, SellerID: o.seller, SellerName: sellerName(o), ProductID: o.product,
		Title: columns[3], Body: columns[4], Category: categoryOf(o), CustomerID: o.customer, OrderRef: orderID,
		Verified: &o.delivered, Rating: rating, PostedAt: at, Language: "pt",
	}
	r.Product = fmt.Sprintf("%s %.8s", r.Category, o.product) // the data has no titles
	return r, r.unfit()
}

// uncategorised is the category of a product without one.
const uncategorised = "uncategorised"

func categoryOf(o order) string {
	switch {
	case o.english != "":
		return o.english
	case o.category != "":
		return o.category
	}
	return uncategorised
}

// sellerName tells sellers apart for people: the data has places, and no names.
func sellerName(o order) string {
	if o.city == "" {
		return fmt.Sprintf("seller %.8s", o.seller)
	}
	return fmt.Sprintf("%s/%s %.8s", o.city, o.state, o.seller)
}
