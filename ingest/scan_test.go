package ingest

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

type got struct {
	Line   int
	Fields []string
	Reason string
}

func scanAll(t testing.TB, r io.Reader, width int) []got {
	t.Helper()
	s, out := newScanner(r), []got{}
	for {
		rec, err := s.next(splitCSV(width))
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, got{rec.line, rec.fields, rec.reason})
	}
}

func TestScanCSV(t *testing.T) {
	long := strings.Repeat("x", maxRecord+1)
	many := strings.Repeat("a,b\n", maxRecord/4+10)
	for name, c := range map[string]struct {
		in   string
		want []got
	}{
		"plain":                     {"a,b\nc,d\n", []got{{1, []string{"a", "b"}, ""}, {2, []string{"c", "d"}, ""}}},
		"no last line end":          {"a,b\nc,d", []got{{1, []string{"a", "b"}, ""}, {2, []string{"c", "d"}, ""}}},
		"windows line ends":         {"a,b\r\n\"c\",\"d\"\r\n", []got{{1, []string{"a", "b"}, ""}, {2, []string{"c", "d"}, ""}}},
		"empty lines":               {"\n\r\na,b\n\n", []got{{3, []string{"a", "b"}, ""}}},
		"empty fields":              {",\n\"\",\n", []got{{1, []string{"", ""}, ""}, {2, []string{"", ""}, ""}}},
		"quotes, commas, lines":     {"\"a\"\"b\",\"c,\nd\"\ne,f\n", []got{{1, []string{`a"b`, "c,\nd"}, ""}, {3, []string{"e", "f"}, ""}}},
		"too few fields":            {"a\nb,c\n", []got{{1, nil, "has 1 fields, the header 2"}, {2, []string{"b", "c"}, ""}}},
		"a bare quote":              {"a\"b,c\nd,e\n", []got{{1, nil, reasonBareQuote}, {2, []string{"d", "e"}, ""}}},
		"text after a quote":        {"\"a\"b,c\nd,e\n", []got{{1, nil, reasonAfterQuote}, {2, []string{"d", "e"}, ""}}},
		"an unclosed quote":         {"a,\"b\nc,d\ne,f\n", []got{{1, nil, reasonUnclosed}, {2, []string{"c", "d"}, ""}, {3, []string{"e", "f"}, ""}}},
		"a quote closed lines on":   {"a,\"b\nc,\"d\"\ne,f\n", []got{{1, nil, reasonAfterQuote}, {2, []string{"c", "d"}, ""}, {3, []string{"e", "f"}, ""}}},
		"not UTF-8":                 {"a,\xff\nc,d\n", []got{{1, []string{"a", "\xff"}, reasonUTF8}, {2, []string{"c", "d"}, ""}}},
		"a NUL":                     {"a,\x00\nc,d\n", []got{{1, []string{"a", "\x00"}, reasonNUL}, {2, []string{"c", "d"}, ""}}},
		"a line beyond all bounds":  {"a," + long + long + "\nc,d\n", []got{{1, nil, reasonTooLong}, {2, []string{"c", "d"}, ""}}},
		"a field beyond all bounds": {"a,\"" + long + "\"\nc,d\n", []got{{1, []string{"a", long}, reasonTooLong}, {2, []string{"c", "d"}, ""}}},
		"a last line beyond bounds": {"a,b\nc," + long + long, []got{{1, []string{"a", "b"}, ""}, {2, nil, reasonTooLong}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, scanAll(t, strings.NewReader(c.in), 2)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("a quote that is never closed costs one line of a long file", func(t *testing.T) {
		recs := scanAll(t, strings.NewReader("x,\"y\n"+many), 2)
		if len(recs) != 1+strings.Count(many, "\n") || recs[0].Reason != reasonTooLong || recs[1].Reason != "" {
			t.Errorf("%d records, the first %v", len(recs), recs[:2])
		}
	})
}

func TestScanKeepsWhatCameBeforeABrokenStream(t *testing.T) {
	broken := errors.New("broken")
	s := newScanner(io.MultiReader(strings.NewReader("a,b\nc,d\ne,"), iotest.ErrReader(broken)))
	for range 2 {
		if rec, err := s.next(splitCSV(2)); err != nil || rec.reason != "" {
			t.Fatal(rec, err)
		}
	}
	if rec, err := s.next(splitCSV(2)); err != broken || rec.line != 3 {
		t.Errorf("line %d, %v; want line 3, broken", rec.line, err)
	}
}

// FuzzScanCSV holds the scanner to what it promises of any bytes: it ends, never holds more than its bound, gives
// lines in order, finds the same records however the bytes arrive, and reads back what it would write.
func FuzzScanCSV(f *testing.F) {
	for _, seed := range []string{"a,b\nc,d\n", "\"a\"\"b\",\"c,\nd\"\r\n", "a,\"b\nc,\"d\"\n", "\"", "\xff,\x00\n", "\r", "a\r\r\n\"b\"\r"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		all := scanAll(t, bytes.NewReader(in), 2)
		if diff := cmp.Diff(all, scanAll(t, iotest.OneByteReader(bytes.NewReader(in)), 2)); diff != "" {
			t.Errorf("byte by byte gives other records:\n%s", diff)
		}
		line := 0
		for _, g := range all {
			if g.Line <= line {
				t.Errorf("line %d after line %d", g.Line, line)
			}
			line = g.Line
			if g.Reason != "" {
				continue
			}
			if diff := cmp.Diff([]got{{1, g.Fields, ""}}, scanAll(t, strings.NewReader(written(g.Fields)), 2)); diff != "" {
				t.Errorf("written and read again (-want +got):\n%s", diff)
			}
		}
	})
}

func written(fields []string) string {
	var out []string
	for _, s := range fields {
		out = append(out, `"`+strings.ReplaceAll(s, `"`, `""`)+`"`)
	}
	return strings.Join(out, ",") + "\n"
}

// FuzzAmazon holds the reader of JSON lines to what a review has to be, whatever the line says.
func FuzzAmazon(f *testing.F) {
	for _, seed := range []string{
		`{"overall": 5.0, "verified": true, "reviewerID": "A3", "asin": "B0", "reviewText": "As advertised", "summary": "Five", "unixReviewTime": 1472688000}`,
		`{"rating": 1.0, "title": "t", "text": "\u0000", "asin": "B1", "parent_asin": "B2", "user_id": "U", "timestamp": 1588687728923, "verified_purchase": false}`,
		`{"rating": 1e300, "timestamp": -1e300, "user_id": "\ud800"}`, `null`, `[]`, `{"overall": "5"}`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		r, reason := amazonReview(line)
		again, same := amazonReview(line)
		if reason != same || r.ID != again.ID {
			t.Errorf("the same line reads as %v (%s) and %v (%s)", r, reason, again, same)
		}
		if reason == "" && (r.Rating < 1 || r.Rating > 5 || r.ProductID == "" || r.CustomerID == "" || len(r.ID) != 64 ||
			!utf8.ValidString(r.Title+r.Body) || strings.ContainsRune(r.Title+r.Body, 0) || r.PostedAt.Before(earliest) || !r.PostedAt.Before(latest)) {
			t.Errorf("took %+v", r)
		}
	})
}
