package witness

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

func TestClient(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(9, "a")
	w := open(t, t.TempDir(), l)
	srv := httptest.NewServer(http.StripPrefix("/deep", w))
	defer srv.Close()
	c := NewClient(Endpoint{verifier(t, w.Key()), srv.URL + "/deep"})
	ask := func(from, to int64) (Cosignature, error) {
		return c.AddCheckpoint(t.Context(), from, l.proof(from, to), l.checkpoint(to))
	}
	got, err := ask(0, 5)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Quorum([]byte(string(l.checkpoint(5))+got.Line), []Verifier{c.Endpoint().Key}, 1)
	if err != nil || len(all) != 1 || all[0] != got || got.Name != "example.org/witness" || time.Since(got.At).Abs() > time.Minute {
		t.Errorf("%v %v %v", got, all, err)
	}
	var conflict *Conflict
	if _, err = ask(3, 9); !errors.As(err, &conflict) || conflict.Size != 5 {
		t.Errorf("conflict: %v", err)
	}
	var refused *Refused
	if _, err = c.AddCheckpoint(t.Context(), 5, nil, l.checkpoint(9)); !errors.As(err, &refused) || refused.Status != 422 {
		t.Errorf("refused: %v", err)
	}
	// a checkpoint that carries cosignatures already, of this witness too
	cosigned := []byte(string(l.checkpoint(5)) + got.Line)
	if _, err = c.AddCheckpoint(t.Context(), 5, nil, cosigned); err != nil {
		t.Errorf("with cosignatures: %v", err)
	}
}

// Each way in which a witness may lie or break is an error within the time allowed.
func TestClientBelievesNothing(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(9, "a")
	honest, other := open(t, t.TempDir(), l), open(t, t.TempDir(), l)
	sign := func(text string) string {
		msg, err := note.Sign(&note.Note{Text: text}, honest.signer)
		if err != nil {
			t.Fatal(err)
		}
		return sigLine(string(msg))
	}
	right := sign(l.body(9))
	for name, answer := range map[string]http.HandlerFunc{
		"another tree":         say(200, sign(l.body(8))),
		"another key":          say(200, post(other, l.add(0, 9)).Body.String()),
		"a damaged signature":  say(200, right[:60]+"AAAA"+right[64:]),
		"the log's signature":  say(200, sigLine(l.add(0, 9))),
		"nothing":              say(200, ""),
		"no newline":           say(200, strings.TrimSuffix(right, "\n")),
		"no note":              say(200, "<html>"),
		"a longer text":        say(200, "more\n\n"+sign(l.body(9)+"\nmore\n")),
		"a huge body":          say(200, strings.Repeat(right, 1000)),
		"created":              say(201, right),
		"a redirect":           func(rw http.ResponseWriter, q *http.Request) { http.Redirect(rw, q, "/right", 307) },
		"a hang":               func(_ http.ResponseWriter, q *http.Request) { gone(q) },
		"a hang in the answer": hang,
		"409 with no type":     say(409, "5\n"),
		"409 with no size":     sized("five\n"),
		"409 with no newline":  sized("5"),
		"409 negative":         sized("-5\n"),
		"409 overflowing":      sized("9223372036854775807\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.HandleFunc("/add-checkpoint", answer)
			mux.HandleFunc("/right", say(200, right))
			srv := httptest.NewServer(mux)
			defer srv.Close()
			c := NewClient(Endpoint{verifier(t, honest.Key()), srv.URL})
			c.http.Timeout = 300 * time.Millisecond
			got, err := c.AddCheckpoint(t.Context(), 0, nil, l.checkpoint(9))
			var conflict *Conflict
			if err == nil || errors.As(err, &conflict) || got.Line != "" {
				t.Errorf("believed: %v, %v", got, err)
			}
		})
	}
	t.Run("a line of somebody else before it", func(t *testing.T) {
		t.Parallel()
		srv := httptest.NewServer(say(200, sigLine(l.add(0, 9))+right))
		defer srv.Close()
		got, err := NewClient(Endpoint{verifier(t, honest.Key()), srv.URL}).AddCheckpoint(t.Context(), 0, nil, l.checkpoint(9))
		if err != nil || got.Line != right {
			t.Errorf("%v, %v", got, err)
		}
	})
}

func say(status int, body string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(status)
		fmt.Fprint(rw, body)
	}
}

func sized(body string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) { text(rw, "text/x.tlog.size", 409, []byte(body)) }
}

func hang(rw http.ResponseWriter, q *http.Request) {
	fmt.Fprint(rw, "— exa")
	rw.(http.Flusher).Flush()
	gone(q)
}

// gone waits until the client has hung up, which the server only notices when it has read the body.
func gone(q *http.Request) {
	io.Copy(io.Discard, q.Body) //nolint:errcheck // it is a bad witness
	<-q.Context().Done()
}
