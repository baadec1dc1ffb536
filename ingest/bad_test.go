package ingest_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evenhand/ingest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func zipped(t testing.TB, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A good line, and what each bad one is rejected for; the good ones around it come in.
func TestBadLines(t *testing.T) {
	good := amazonLine("R1", "B1", 5, "good", 1_472_688_000)
	for name, c := range map[string]struct{ line, reason string }{
		"cut off":                {good[:40], "isn't JSON"},
		"not JSON":               {"hello", "isn't JSON"},
		"no object":              {"[1]", "no object"},
		"null":                   {"null", "no rating"},
		"a rating in words":      {`{"overall": "five"}`, "the field overall is a string"},
		"half a star":            {strings.Replace(good, "5.0", "4.5", 1), "rating is 4.5"},
		"six stars":              {amazonLine("R1", "B1", 6, "", 1_472_688_000), "rating is 6"},
		"no time":                {strings.Replace(good, "unixReviewTime", "time", 1), "no time"},
		"a time of milliseconds": {amazonLine("R1", "B1", 5, "", 1_472_688_000_000), "out of all bounds"},
		"no reviewer":            {amazonLine("", "B1", 5, "", 1_472_688_000), "no customer id"},
		"no listing":             {amazonLine("R1", "", 5, "", 1_472_688_000), "no product id"},
		"an endless id":          {amazonLine("R1", strings.Repeat("B", 300), 5, "", 1_472_688_000), "longer than 255 bytes"},
		"a NUL":                  {strings.Replace(good, "good", "\x00", 1), "NUL"},
		"an escaped NUL":         {strings.Replace(good, "good", `\u0000`, 1), "NUL"},
		"not UTF-8":              {strings.Replace(good, "good", "caf\xe9", 1), "isn't UTF-8"},
		"longer than the bound":  {amazonLine("R1", "B1", 5, strings.Repeat("x", 3<<20), 1_472_688_000), "longer than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, dbtest.SQLite(t))
			path := lines(t, t.TempDir(), "r.jsonl", good, c.line, strings.Replace(good, "R1", "R2", 1))
			if n := w.mustImport(t, asAmazon, path); n != (ingest.Counts{Read: 3, Imported: 2, Rejected: 1}) {
				t.Fatalf("%+v", n)
			}
			if r := w.rejects[0]; r.Line != 2 || !strings.Contains(r.Reason, c.reason) || len(r.Excerpt) > 300 {
				t.Errorf("rejected %+v; want line 2, %q", r, c.reason)
			}
		})
	}
}

func TestBadOlistRows(t *testing.T) {
	for name, c := range map[string]struct{ row, reason string }{
		"no order":           {"x,o9,1,,,2018-01-18 00:00:00,x", "o9 isn't among the orders"},
		"no id":              {",o1,1,,,2018-01-18 00:00:00,x", "no review id"},
		"a rating in words":  {"x,o1,one,,,2018-01-18 00:00:00,x", "rating is \"one\""},
		"no stars":           {"x,o1,0,,,2018-01-18 00:00:00,x", "rating is 0"},
		"half a date":        {"x,o1,1,,,2018-01-18,x", "review_creation_date"},
		"too few fields":     {"x,o1,1", "has 3 fields, the header 7"},
		"a stray quote":      {"x,o1,1,a\"b,,2018-01-18 00:00:00,x", "quote inside a field"},
		"an open quote":      {"x,o1,1,\"a,,2018-01-18 00:00:00,x", "quote"},
		"not UTF-8":          {"x,o1,1,\xe9,,2018-01-18 00:00:00,x", "isn't UTF-8"},
		"a NUL":              {"x,o1,1,\x00,,2018-01-18 00:00:00,x", "NUL"},
		"a formula is a row": {"=1+1", "has 1 fields"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, dbtest.SQLite(t))
			content := reviewLines(40)
			content[2] = c.row
			n := w.mustImport(t, asOlist, olistFolder(t, map[string][]string{"olist_order_reviews_dataset.csv": content}))
			if n != (ingest.Counts{Read: 40, Imported: 39, Rejected: 1}) {
				t.Fatalf("%+v: %+v", n, w.rejects)
			}
			if r := w.rejects[0]; r.Line != 3 || !strings.Contains(r.Reason, c.reason) {
				t.Errorf("rejected %+v; want line 3, %q", r, c.reason)
			}
		})
	}
	t.Run("a bad row of another file", func(t *testing.T) {
		w := newWorld(t, dbtest.SQLite(t))
		items := append([]string{"order_id,order_item_id,product_id,seller_id", "o1,first,p1,s1"}, "o1,2,p1,s1", "o2,1,p2,s2")
		n := w.mustImport(t, asOlist, olistFolder(t, map[string][]string{"olist_order_items_dataset.csv": items}))
		if n != (ingest.Counts{Read: 5, Imported: 3, Rejected: 2}) || w.rejects[0].Line != 2 || w.rejects[0].File != "olist_order_items_dataset.csv" {
			t.Errorf("%+v: %+v", n, w.rejects)
		}
	})
}

// What ends an import: the error names file and line, and what came before is in.
func TestBadFiles(t *testing.T) {
	var many strings.Builder
	for i := range int64(5000) {
		many.WriteString(amazonLine("R1", "B1", 5, strings.Repeat("text ", 20), 1_472_688_000+i) + "\n")
	}
	whole := zipped(t, many.String())
	spoilt := bytes.Clone(whole)
	spoilt[len(spoilt)-6] ^= 0xff // in the checksum
	write := func(t *testing.T, name string, b []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		name    string
		content []byte
		says    string
		atLeast int
	}{
		"gzip cut off":              {"r.jsonl.gz", whole[:len(whole)*3/4], "ends in the middle", 3000},
		"gzip with a wrong sum":     {"r.jsonl.gz", spoilt, "checksum", 5000},
		"named gzip, and isn't":     {"r.jsonl.gz", []byte(many.String()), "r.jsonl.gz:1: is named .gz", 0},
		"named gzip, and empty":     {"r.jsonl.gz", nil, "is named .gz", 0},
		"gzip without its name":     {"r.jsonl", whole, "", 5000},
		"gzip of nothing":           {"r.jsonl.gz", zipped(t, ""), "", 0},
		"a plain file with nothing": {"r.jsonl", nil, "", 0},
		"a broken gzip header":      {"r.jsonl", whole[:5], "ends in the middle", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, dbtest.SQLite(t))
			n, err := w.bring(t.Context(), asAmazon, write(t, c.name, c.content))
			if (err == nil) != (c.says == "") || (err != nil && (!strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.name+":"))) {
				t.Errorf("%v; want %q", err, c.says)
			}
			if n.Imported < c.atLeast || n.Read != n.Imported || (c.atLeast == 0 && n.Read > 0) {
				t.Errorf("%+v; want at least %d", n, c.atLeast)
			}
			w.agrees(t)
		})
	}
}

func TestWrongPlaces(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	empty, folder := t.TempDir(), olistFolder(t, nil)
	both := olistFolder(t, nil)
	lines(t, both, "olist_sellers_dataset.csv.gz", "")
	for name, c := range map[string]struct {
		o     options
		paths []string
		says  string
	}{
		"an unknown format":       {options{"olist", "evenhand", false}, []string{folder}, "no format \"evenhand\""},
		"an empty folder":         {asOlist, []string{empty}, "isn't a complete Olist folder"},
		"a folder for amazon":     {asAmazon, []string{folder}, "has no files named"},
		"no such folder":          {asOlist, []string{empty + "/no"}, "no such file"},
		"no such file":            {asAmazon, []string{empty + "/no"}, "no such file"},
		"a file for olist":        {asOlist, []string{folder + "/olist_orders_dataset.csv"}, "isn't a folder"},
		"two folders for olist":   {asOlist, []string{folder, folder}, "one folder"},
		"a file twice":            {asOlist, []string{both}, "both"},
		"a file in another's way": {asOlist, []string{olistFolder(t, map[string][]string{"olist_orders_dataset.csv": {"a,b", "1,2"}})}, "orders_dataset.csv:1: there is no column order_id"},
		"an empty file":           {asOlist, []string{olistFolder(t, map[string][]string{"olist_orders_dataset.csv": {""}})}, "orders_dataset.csv:2: the file is empty"},
		"a file of other bytes":   {asOlist, []string{olistFolder(t, map[string][]string{"olist_orders_dataset.csv": {"\xff\xfeo\x00r\x00"}})}, "the header isn't UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.bring(t.Context(), c.o, c.paths...)
			var own *models.Error
			if err == nil || !errors.As(err, &own) || own.Kind != models.Invalid || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v; want %q", err, c.says)
			}
		})
	}
}
