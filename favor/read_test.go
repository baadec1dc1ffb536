package favor_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"evenhand/favor"
)

const header = "decision_id,decided_at,moderator,seller,queue,action"

const row = "d1,2025-01-01T00:08:25Z,m,s,q,remove"

// readAll drains a file of decisions.
func readAll(r io.Reader) ([]favor.Decision, error) {
	var all []favor.Decision
	for d, err := range favor.ReadDecisions(r, "f.csv") {
		if err != nil {
			return all, err
		}
		all = append(all, d)
	}
	return all, nil
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

func TestReadDecisions(t *testing.T) {
	at := time.Date(2025, 1, 1, 0, 8, 25, 0, time.UTC)
	bare := favor.Decision{ID: "d1", At: at, Moderator: "m", Seller: "s", Queue: "q", Action: favor.Remove}
	full := bare
	full.Approver, full.Outcome, full.Marketplace, full.SellerGroup = "a,b", favor.Kept, "k", "g"
	full.Rating, full.Content = 2, favor.Content{Score: -1.5, Known: true}
	full.Assigned, full.SecondLook = favor.Picked, favor.Genuine
	for name, c := range map[string]struct {
		file string
		want favor.Decision
	}{
		"required columns alone": {header + "\n" + row + "\n", bare},
		"no last newline":        {header + "\n" + row, bare},
		"byte order mark":        {"\ufeff" + header + "\r\n" + row + "\r\n", bare},
		"quoted first column":    {"\ufeff\"decision_id\",decided_at,moderator,seller,queue,action\n" + row, bare},
		"gzip":                   {gzipped("\ufeff" + header + "\n" + row), bare},
		"other columns":          {"x," + header + ",y\n1," + row + ",2\n", bare},
		"empty optional columns": {header + ",rating,content_score,assigned,second_look,outcome,approver\n" + row + ",,,,,,\n", bare},
		"every column, another order": {
			"second_look,assigned,content_score,rating,seller_group,marketplace,outcome,approver,action,queue,seller,moderator,decided_at,decision_id\n" +
				"genuine,picked,-1.5,2,g,k,kept,\"a,b\",remove,q,s,m,2025-01-01T00:08:25Z,d1\n", full},
	} {
		got, err := readAll(strings.NewReader(c.file))
		if err != nil || len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestReadDecisionsNamesWhatIsBad(t *testing.T) {
	optional := header + ",rating,content_score,assigned,second_look,outcome\n"
	for name, c := range map[string]struct {
		file, column, value string
		line                int
	}{
		"no header":           {"", "", "", 1},
		"no column action":    {"decision_id,decided_at,moderator,seller,queue\n", "", "", 1},
		"a column twice":      {header + ",queue\n", "queue", "queue", 1},
		"unknown action":      {header + "\n" + row + "\nd2,2025-01-01T00:08:25Z,m,s,q,delete\n", "action", "delete", 3},
		"action in capitals":  {header + "\nd2,2025-01-01T00:08:25Z,m,s,q,Remove\n", "action", "Remove", 2},
		"no action":           {header + "\nd2,2025-01-01T00:08:25Z,m,s,q,\n", "action", "", 2},
		"a day only":          {header + "\nd2,2025-01-01,m,s,q,keep\n", "decided_at", "2025-01-01", 2},
		"empty id":            {header + "\n,2025-01-01T00:08:25Z,m,s,q,keep\n", "decision_id", "", 2},
		"blank moderator":     {header + "\nd,2025-01-01T00:08:25Z, ,s,q,keep\n", "moderator", " ", 2},
		"the same id":         {header + "\n" + row + "\n" + row + "\n", "decision_id", "d1", 3},
		"broken text":         {header + "\nd,2025-01-01T00:08:25Z,m,\xff,q,keep\n", "seller", "\xff", 2},
		"a field too few":     {header + "\n" + row + "\nd2,2025-01-01T00:08:25Z,m,s,q\n", "", "", 3},
		"an open quote":       {header + "\n\"" + row + "\n", "", "", 2},
		"a rating of 6":       {optional + row + ",6,,,,\n", "rating", "6", 2},
		"a score of NaN":      {optional + row + ",,NaN,,,\n", "content_score", "NaN", 2},
		"a score too large":   {optional + row + ",,1e999,,,\n", "content_score", "1e999", 2},
		"unknown assignment":  {optional + row + ",,,drawn,,\n", "assigned", "drawn", 2},
		"unknown second look": {optional + row + ",,,,maybe,\n", "second_look", "maybe", 2},
		"unknown outcome":     {optional + row + ",,,,,gone\n", "outcome", "gone", 2},
		"half a gzip file":    {gzipped(header + "\n" + row)[:30], "", "", 1},
	} {
		_, err := readAll(strings.NewReader(c.file))
		var bad *favor.InputError
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if bad.File != "f.csv" || bad.Line != c.line || bad.Column != c.column || bad.Value != c.value || bad.Error() == "" {
			t.Errorf("%s: %+v: %v", name, *bad, bad)
		}
	}
}

// endless gives the same bytes for ever.
type endless string

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e[i%len(e)]
	}
	return len(p), nil
}

func TestReadDecisionsIsBounded(t *testing.T) {
	for name, r := range map[string]io.Reader{
		"an endless header":      endless("x"),
		"an endless row":         io.MultiReader(strings.NewReader(header+"\n"), endless("x")),
		"an endless quote":       io.MultiReader(strings.NewReader(header+"\n\""), endless("x\n")),
		"an endless quoted head": io.MultiReader(strings.NewReader("\""), endless("\n")),
	} {
		if got, err := readAll(r); err == nil {
			t.Errorf("%s was read: %d decisions", name, len(got))
		}
	}
	var long strings.Builder
	long.WriteString(header + "\n")
	for i := range 5000 {
		fmt.Fprintf(&long, "d%d,2025-01-01T00:08:25Z,m,s,q,keep\n", i)
	}
	if got, err := readAll(strings.NewReader(long.String())); err != nil || len(got) != 5000 {
		t.Errorf("many short rows: %d, %v", len(got), err)
	}
}

func TestReadCounts(t *testing.T) {
	head := "row,col,n,expected\n"
	read := func(file string) (all []favor.Count, err error) {
		for c, err := range favor.ReadCounts(strings.NewReader(file), "f.csv") {
			if err != nil {
				return all, err
			}
			all = append(all, c)
		}
		return all, nil
	}
	got, err := read(head + "\"a,b\",c,3,0.25\na,c,0,1e3\n")
	if err != nil || len(got) != 2 || got[0] != (favor.Count{Row: "a,b", Col: "c", N: 3, Expected: 0.25}) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{
		"a,b,-1,1", "a,b,1.5,1", "a,b,x,1", "a,b,,1", "a,b,1,0", "a,b,1,-2", "a,b,1,NaN", "a,b,1,Inf", "a,b,1,", ",b,1,1",
		"a,,1,1", "a,b,1,1\na,b,2,1", "a,b,9999999999999999999,1", "a,b,1,1e-300",
	} {
		if got, err := read(head + bad + "\n"); err == nil {
			t.Errorf("%q was read: %+v", bad, got)
		}
	}
}

func FuzzReadDecisions(f *testing.F) {
	f.Add([]byte(header + ",rating,content_score,second_look\n" + row + ",1,0.5,genuine\n"))
	f.Add([]byte("\ufeff" + header + "\n\"d\n2\",2025-01-01T00:08:25+02:00,m,s,q,keep\n"))
	f.Add([]byte(gzipped(header + "\n" + row)))
	f.Fuzz(func(t *testing.T, file []byte) {
		ids := map[string]bool{}
		all, err := readAll(bytes.NewReader(file))
		var bad *favor.InputError
		if err != nil && !errors.As(err, &bad) {
			t.Fatalf("an error without its place: %v", err)
		}
		for _, d := range all {
			if d.ID == "" || ids[d.ID] || d.Moderator == "" || d.Seller == "" || d.Queue == "" || d.Action == 0 {
				t.Fatalf("accepted %+v", d)
			}
			if math.IsNaN(d.Content.Score) || math.IsInf(d.Content.Score, 0) || d.Rating < 0 || d.Rating > 5 {
				t.Fatalf("accepted %+v", d)
			}
			ids[d.ID] = true
		}
		if err == nil && len(all) > 0 {
			if _, err := favor.Analyze(favor.All(all), favor.Options{NegativeAtMost: 5}); err != nil {
				t.Fatalf("read but not analysed: %v", err)
			}
		}
	})
}
