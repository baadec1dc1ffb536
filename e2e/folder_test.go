package e2e

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// realOlist is a sample of real reviews; it isn't part of the project, and tests do without it.
const realOlist = "../../shared/data/olist"

// review is what the small folder varies.
type review struct {
	stars       int
	title, text string
}

// olist is the real sample where there is one, or a small folder of the same shape.
func olist(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(realOlist); err == nil {
		return realOlist
	}
	return folder(t, ordinary(60)...)
}

// ordinary makes up reviews of one to five stars.
func ordinary(n int) []review {
	texts := []string{
		"Never arrived. Nobody answers the phone.", "Stopped working after two weeks, and the box was open.",
		"All right for the price.", "Good, a little late.", "Just what I wanted. Thank you!",
	}
	var out []review
	for i := range n {
		out = append(out, review{i%5 + 1, fmt.Sprintf("Order %d", i), texts[i%5]})
	}
	return out
}

// hostile are reviews that try to leave their place.
func hostile() []review {
	return []review{
		{1, "Great\u202e!tcudorp drow esrever", "A\u202eB\u2066C\u2069 zero\u200bwidth\u200djoin <script>alert(1)</script> \ufeff end"},
		{1, "مراجعة سيئة جدا", "لم يصل المنتج أبدا ولا أحد يرد على الهاتف. mixed with English 123 و أرقام"},
		{1, strings.Repeat("W", 300), strings.Repeat("averyveryverylongwordwithoutanybreak", 280)},
		{2, "Z" + strings.Repeat("\u0336\u0321\u0353\u0347", 30), strings.Repeat("line\n", 400)},
		{1, "", strings.Repeat("Ten thousand characters of an ordinary complaint. ", 200)},
		{1, "'\"><img src=x onerror=alert(1)>", "https://example.test/" + strings.Repeat("path/", 200)},
		{2, "", ""},
		{1, "🤬🤬🤬", strings.Repeat("👨‍👩‍👧‍👦🏳️‍🌈", 120)},
	}
}

// folder writes reviews in the shape of the Olist data set.
func folder(t *testing.T, reviews ...review) string {
	t.Helper()
	orders := [][]string{{"order_id", "customer_id", "order_status", "order_purchase_timestamp", "order_approved_at", "order_delivered_carrier_date", "order_delivered_customer_date", "order_estimated_delivery_date"}}
	items := [][]string{{"order_id", "order_item_id", "product_id", "seller_id", "shipping_limit_date", "price", "freight_value"}}
	rows := [][]string{{"review_id", "order_id", "review_score", "review_comment_title", "review_comment_message", "review_creation_date", "review_answer_timestamp"}}
	for i, r := range reviews {
		order := fmt.Sprintf("%032x", 1000+i)
		orders = append(orders, []string{order, fmt.Sprintf("%032x", 2000+i), "delivered", "2018-07-01 10:00:00", "2018-07-01 11:00:00", "2018-07-02 10:00:00", "2018-07-06 10:00:00", "2018-07-20 00:00:00"})
		items = append(items, []string{order, "1", fmt.Sprintf("%032x", 3000+i%4), fmt.Sprintf("%032x", 4000+i%3), "2018-07-05 10:00:00", "59.90", "12.10"})
		rows = append(rows, []string{fmt.Sprintf("%032x", 5000+i), order, fmt.Sprint(r.stars), r.title, r.text, "2018-07-08 00:00:00", "2018-07-09 09:30:00"})
	}
	products := [][]string{{"product_id", "product_category_name", "product_name_lenght", "product_description_lenght", "product_photos_qty", "product_weight_g", "product_length_cm", "product_height_cm", "product_width_cm"}}
	for i := range 4 {
		products = append(products, []string{fmt.Sprintf("%032x", 3000+i), "beleza_saude", "49", "728", "4", "900", "30", "20", "20"})
	}
	sellers := [][]string{{"seller_id", "seller_zip_code_prefix", "seller_city", "seller_state"}}
	for i := range 3 {
		sellers = append(sellers, []string{fmt.Sprintf("%032x", 4000+i), "01310", "sao paulo", "SP"})
	}
	dir := t.TempDir()
	for name, table := range map[string][][]string{
		"olist_orders_dataset": orders, "olist_order_items_dataset": items, "olist_order_reviews_dataset": rows,
		"olist_products_dataset": products, "olist_sellers_dataset": sellers,
		"product_category_name_translation": {{"product_category_name", "product_category_name_english"}, {"beleza_saude", "health_beauty"}},
	} {
		write(t, filepath.Join(dir, name+".csv"), table)
	}
	return dir
}

func write(t *testing.T, path string, table [][]string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(f)
	if err := w.WriteAll(table); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
