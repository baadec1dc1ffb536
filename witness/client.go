package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	answerTimeout = 10 * time.Second // for a whole exchange
	maxAnswer     = 64 << 10
)

// Conflict says that the witness last saw a tree of another size than the proof begins at. A witness may lie about
// it: a size larger than the log's own tree needs a person to look, since the log then may have lost entries.
type Conflict struct{ Size int64 }

func (c *Conflict) Error() string {
	return fmt.Sprintf("the witness last saw the size %d", c.Size)
}

// Refused is any other answer than a cosignature.
type Refused struct {
	Status int
	Text   string // what the witness said, shortened; it isn't to be trusted
}

func (r *Refused) Error() string {
	return fmt.Sprintf("the witness answered %d %s: %q", r.Status, http.StatusText(r.Status), r.Text)
}

// Client asks one witness. It may be used by many goroutines.
type Client struct {
	endpoint Endpoint
	http     *http.Client
}

// NewClient for a witness.
func NewClient(e Endpoint) *Client { return &Client{e, newHTTP()} }

// newHTTP doesn't follow redirects: who was configured is asked, and nobody else.
func newHTTP() *http.Client {
	return &http.Client{
		Timeout:       answerTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Endpoint is the witness that the client asks.
func (c *Client) Endpoint() Endpoint { return c.endpoint }

// AddCheckpoint asks for a cosignature on a checkpoint (the log's signed note), with a consistency proof from oldSize
// to its size; from size 0 the proof is empty. What comes back was checked against the witness's key and this
// checkpoint. The errors are *Conflict, *Refused, or say what went wrong on the way.
func (c *Client) AddCheckpoint(ctx context.Context, oldSize int64, proof []tlog.Hash, checkpoint []byte) (Cosignature, error) {
	text, err := noteText(checkpoint)
	if err != nil {
		return Cosignature{}, err
	}
	status, kind, answer, err := c.post(ctx, formatRequest(request{oldSize, proof, checkpoint}))
	if err != nil {
		return Cosignature{}, fmt.Errorf("witness %s: %w", c.endpoint.Key.Name(), err)
	}
	got, err := c.read(text, status, kind, answer)
	if err != nil {
		return Cosignature{}, fmt.Errorf("witness %s: %w", c.endpoint.Key.Name(), err)
	}
	return got, nil
}

func (c *Client) post(ctx context.Context, body []byte) (status int, kind string, answer []byte, err error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint.URL+"/add-checkpoint", bytes.NewReader(body))
	if err != nil {
		return 0, "", nil, err
	}
	q.Header.Set("Content-Type", "text/plain; charset=utf-8")
	res, err := c.http.Do(q)
	if err != nil {
		return 0, "", nil, err
	}
	defer res.Body.Close()
	answer, err = readAll(res.Body, maxAnswer)
	return res.StatusCode, res.Header.Get("Content-Type"), answer, err
}

// readAll reads no more than most bytes, and more is an error.
func readAll(r io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("the answer is larger than %d bytes", most)
	}
	return b, err
}

// read makes sense of an answer.
func (c *Client) read(text string, status int, kind string, answer []byte) (Cosignature, error) {
	kind, _, _ = strings.Cut(kind, ";")
	if status == http.StatusConflict && kind == "text/x.tlog.size" {
		line, ended := strings.CutSuffix(string(answer), "\n")
		size, err := parseSize(line)
		if err != nil || !ended {
			return Cosignature{}, fmt.Errorf("409 with %.40q in place of a size", answer)
		}
		return Cosignature{}, &Conflict{size}
	}
	if status != http.StatusOK {
		return Cosignature{}, &Refused{status, fmt.Sprintf("%.300s", answer)}
	}
	n, err := note.Open([]byte(text+"\n"+string(answer)), note.VerifierList(c.endpoint.Key.Verifier))
	if err != nil {
		return Cosignature{}, fmt.Errorf("no cosignature of the configured key: %w", err)
	}
	// An answer with a blank line moves the border between text and signatures: the witness would have signed
	// something else.
	if n.Text != text {
		return Cosignature{}, errors.New("the cosignature is of another text")
	}
	return cosignature(n.Sigs[0])
}
