package witness

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Each answer of the protocol, from a witness that has seen size 5 of this log.
func TestAddCheckpoint(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(20, "a")
	other := l.fork(3).grow(20, "b")
	stranger := newLog(t, "example.com/stranger").grow(20, "a")
	imposter := newLog(t, "example.com/log").grow(20, "a")
	hash := strings.Repeat("A", 43) + "="
	for name, c := range map[string]struct {
		body   string
		status int
		want   string
	}{
		"extends":                  {l.add(5, 9), 200, "— example.org/witness "},
		"the same again":           {l.add(5, 5), 200, "— example.org/witness "},
		"extension lines":          {"old 5\n\n" + string(l.sign(l.body(5)+"more\n")), 200, "— example.org/witness "},
		"foreign signatures too":   {l.add(5, 9) + sigLine(stranger.add(0, 9)), 200, "— example.org/witness "},
		"knows nothing yet":        {l.add(0, 9), 409, "5\n"},
		"older than seen":          {l.add(3, 9), 409, "5\n"},
		"newer than seen":          {l.add(7, 9), 409, "5\n"},
		"old larger than new":      {"old 9\n\n" + string(l.checkpoint(7)), 400, "larger"},
		"unknown origin":           {stranger.add(0, 9), 404, "example.com/stranger"},
		"no known key":             {imposter.add(5, 9), 403, "no signature by a known key"},
		"known key, bad signature": {strings.Replace(l.add(5, 9), "\n9\n", "\n10\n", 1), 403, "doesn't fit"},
		"same size, other tree":    {other.add(5, 5), 422, "FORK"},
		"proof of another tree":    {other.add(5, 9), 422, "NOT PROVEN"},
		"no proof":                 {"old 5\n\n" + string(l.checkpoint(9)), 422, "NOT PROVEN"},
		"too much proof":           {strings.Replace(l.add(5, 9), "old 5\n", "old 5\n"+hash+"\n", 1), 422, "NOT PROVEN"},
		"proof though it's equal":  {strings.Replace(l.add(5, 5), "old 5\n", "old 5\n"+hash+"\n", 1), 422, "NOT PROVEN"},
		"64 lines of proof":        {"old 5\n" + strings.Repeat(hash+"\n", 64) + "\n" + string(l.checkpoint(9)), 400, "63"},
		"empty":                    {"", 400, ""},
		"no empty line":            {"old 5\n", 400, "empty line"},
		"no old":                   {"new 5\n\n" + string(l.checkpoint(9)), 400, "old SIZE"},
		"leading zero":             {"old 05\n\n" + string(l.checkpoint(9)), 400, "old size"},
		"plus sign":                {"old +5\n\n" + string(l.checkpoint(9)), 400, "old size"},
		"negative":                 {"old -5\n\n" + string(l.checkpoint(9)), 400, "old size"},
		"beyond arithmetic":        {"old 9223372036854775807\n\n" + string(l.checkpoint(9)), 400, "old size"},
		"short hash":               {"old 5\nAAAA\n\n" + string(l.checkpoint(9)), 400, "line 1 of the proof"},
		"carriage returns":         {strings.ReplaceAll(l.add(5, 9), "\n", "\r\n"), 400, ""},
		"unsigned":                 {"old 5\n\n" + l.body(9) + "\n", 400, ""},
		"two lines":                {"old 5\n\n" + string(l.sign("example.com/log\n9\n")), 400, "three lines"},
		"empty extension":          {"old 5\n\n" + string(l.sign(l.body(9)+"\nx\n")), 400, "empty"},
		"huge tree":                {"old 5\n\n" + string(l.sign("example.com/log\n9223372036854775807\n"+hash+"\n")), 400, "tree size"},
		"too large":                {l.add(5, 9) + strings.Repeat("x", maxBody), 413, "larger"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t, t.TempDir(), l)
			if rec := post(w, l.add(0, 5)); rec.Code != 200 {
				t.Fatalf("first: %d %s", rec.Code, rec.Body)
			}
			rec := post(w, c.body)
			if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.want) {
				t.Errorf("%d %q, want %d with %q", rec.Code, rec.Body, c.status, c.want)
			}
			if kind := rec.Header().Get("Content-Type"); (rec.Code == 409) != (kind == "text/x.tlog.size") {
				t.Errorf("%d has the type %s", rec.Code, kind)
			}
			if last := w.records["example.com/log"].get(); rec.Code != 200 && last.Size != 5 {
				t.Errorf("a refusal moved the last size to %d", last.Size)
			}
		})
	}
}

func sigLine(body string) string { return body[strings.LastIndex(body, "— "):] }

func TestFromNothing(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(8, "a")
	empty := fmt.Sprintf("example.com/log\n0\n%s\n", emptyRoot)
	wrong := "example.com/log\n0\n" + strings.Repeat("A", 43) + "=\n"
	w := open(t, t.TempDir(), l)
	for _, step := range []struct {
		body   string
		status int
	}{
		{l.add(3, 8), 409}, // nothing seen is size 0
		{"old 0\n\n" + string(l.sign(wrong)), 422},
		{"old 0\n" + emptyRoot.String() + "\n\n" + string(l.checkpoint(8)), 422}, // a proof from 0
		{"old 0\n\n" + string(l.sign(empty)), 200},
		{"old 0\n\n" + string(l.sign(empty)), 200},
		{l.add(0, 8), 200},
		{"old 0\n\n" + string(l.sign(empty)), 409},
	} {
		if rec := post(w, step.body); rec.Code != step.status {
			t.Errorf("%q: %d %s, want %d", step.body[:20], rec.Code, rec.Body, step.status)
		}
	}
}

func TestForkIsLoggedAndKept(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(20, "a")
	other := l.fork(3).grow(20, "b")
	folder := t.TempDir()
	w, out := openLogged(t, folder, l)
	post(w, l.add(0, 5))
	seen, err := os.ReadFile(w.records["example.com/log"].path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is the same evidence
		post(w, other.add(5, 5))
	}
	if !strings.Contains(out.String(), "level=ERROR") || !strings.Contains(out.String(), "FORK") {
		t.Errorf("not loud: %s", out)
	}
	kept, _ := filepath.Glob(filepath.Join(folder, "evidence", "fork-*"))
	if len(kept) != 2 {
		t.Fatalf("kept %v", kept)
	}
	for i, want := range [][]byte{seen, other.checkpoint(5)} {
		if b, err := os.ReadFile(kept[i]); err != nil || string(b) != string(want) {
			t.Errorf("%s holds %q, want %q", kept[i], b, want)
		}
	}
	for size := int64(6); size < 20; size++ { // wrong proofs with genuine checkpoints can't fill the disk
		for i := range 10 {
			post(w, "old 5\n\n"+string(l.sign(l.body(size)+fmt.Sprintf("%d\n", i))))
		}
	}
	if kept, _ = filepath.Glob(filepath.Join(folder, "evidence", "unproven-*")); len(kept) != 2*maxEvidence {
		t.Errorf("%d files of evidence", len(kept))
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	a, b := newLog(t, "example.com/a").grow(8, "a"), newLog(t, "example.com/b")
	w := open(t, t.TempDir(), b, a)
	line := post(w, a.add(0, 8)).Body.String()
	at := w.records["example.com/a"].get().At
	if time.Since(at).Abs() > time.Minute {
		t.Errorf("cosigned at %s", at)
	}
	want := fmt.Sprintf("witness %s\nexample.com/a 8 %s\nexample.com/b never seen\n", w.Key(), at.UTC().Format(time.RFC3339))
	if got := get(w, "/").Body.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	rec := get(w, fmt.Sprintf("/%x/checkpoint", sha256.Sum256([]byte("example.com/a"))))
	if want := string(a.checkpoint(8)) + line; rec.Body.String() != want {
		t.Errorf("monitors get %q, want %q", rec.Body, want)
	}
	for path, status := range map[string]int{
		fmt.Sprintf("/%x/checkpoint", sha256.Sum256([]byte("example.com/b"))): http.StatusNotFound,
		"/add-checkpoint": http.StatusMethodNotAllowed, "/x": http.StatusNotFound,
	} {
		if rec := get(w, path); rec.Code != status {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
}
