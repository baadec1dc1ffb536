package ingest

import (
	"encoding/csv"
	"errors"
	"os"
	"strconv"
	"strings"
)

// Rejects is a CSV file of the records that couldn't be taken, made when there is the first. Whoever opens it in a
// spreadsheet sees text: nothing in it is a formula.
type Rejects struct {
	path string
	file *os.File
	w    *csv.Writer
}

// NewRejects names the file; it takes the place of one that is there.
func NewRejects(path string) *Rejects { return &Rejects{path: path} }

// Add writes one record down.
func (r *Rejects) Add(rec Record) error {
	if r.file == nil {
		f, err := os.OpenFile(r.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		r.file, r.w = f, csv.NewWriter(f)
		if err := r.w.Write([]string{"file", "line", "reason", "record-excerpt"}); err != nil {
			return err
		}
	}
	return r.w.Write([]string{inert(rec.File), strconv.Itoa(rec.Line), inert(rec.Reason), inert(rec.Excerpt)})
}

// Close finishes the file, if there is one.
func (r *Rejects) Close() error {
	if r.file == nil {
		return nil
	}
	r.w.Flush()
	return errors.Join(r.w.Error(), r.file.Close())
}

// inert is text that a spreadsheet takes for text
// (https://owasp.org/www-community/attacks/CSV_Injection).
func inert(s string) string {
	if strings.HasPrefix(s, "'") || strings.ContainsAny(s[:min(1, len(s))], "=+-@\t\r") {
		return "'" + s
	}
	return s
}
