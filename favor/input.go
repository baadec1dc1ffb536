package favor

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// InputError is a bad value in a file: where it stands, and why it is bad.
type InputError struct {
	File   string
	Line   int    // from 1
	Column string // name of the column; empty when the row itself is bad
	Value  string // shortened when it is long
	Reason string
	Err    error // what the reader said, if anything
}

func (e *InputError) Error() string {
	where := fmt.Sprintf("%s:%d", e.File, e.Line)
	if e.Column != "" {
		where += fmt.Sprintf(": %s %q", e.Column, e.Value)
	}
	return where + ": " + e.Reason
}

// Unwrap returns what the reader said.
func (e *InputError) Unwrap() error { return e.Err }

// recordAtMost bounds one row of a file, in bytes: a longer one is an error.
const recordAtMost = 64 << 10

// rows reads a CSV file with a header, plain or gzip by its content, row by row.
type rows struct {
	file   string
	csv    *csv.Reader
	limit  *meter
	column map[string]int // index of each known column that is there
	fields []string
	line   int // of the row last read
}

// openRows reads the header. Required columns must be there; other names than
// the known ones are ignored; a known name twice is an error.
func openRows(r io.Reader, file string, required, optional []string) (*rows, error) {
	t := &rows{file: file, column: map[string]int{}}
	plain, err := unpacked(r)
	if err != nil {
		return nil, t.failed(err)
	}
	t.limit = &meter{r: plain}
	t.csv = csv.NewReader(t.limit)
	t.csv.ReuseRecord = true
	if err := t.read(); err == io.EOF {
		return nil, &InputError{File: file, Line: 1, Reason: "the file is empty"}
	} else if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, name := range slices.Concat(required, optional) {
		known[name] = true
	}
	for i, name := range t.fields {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		if !known[name] {
			continue
		}
		if _, twice := t.column[name]; twice {
			return nil, &InputError{File: file, Line: t.line, Column: name, Value: name, Reason: "the column is there twice"}
		}
		t.column[strings.Clone(name)] = i
	}
	for _, name := range required {
		if _, ok := t.column[name]; !ok {
			return nil, &InputError{File: file, Line: t.line, Reason: "no column " + name}
		}
	}
	return t, nil
}

// unpacked strips gzip, told by its first two bytes, and a byte order mark.
func unpacked(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	if magic, _ := b.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, err
		}
		b = bufio.NewReader(z)
	}
	if mark, _ := b.Peek(3); bytes.Equal(mark, []byte("\ufeff")) {
		b.Discard(3)
	}
	return b, nil
}

// read moves to the next row, or returns io.EOF.
func (t *rows) read() error {
	fields, err := t.csv.Read()
	t.limit.seen = 0
	if err == io.EOF {
		return err
	}
	if err != nil {
		return t.failed(err)
	}
	t.fields = fields
	t.line, _ = t.csv.FieldPos(0)
	return nil
}

// failed gives an error its place.
func (t *rows) failed(err error) error {
	e := &InputError{File: t.file, Line: t.line + 1, Reason: err.Error(), Err: err}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		e.Line, e.Reason = parse.StartLine, parse.Err.Error()
	}
	return e
}

// value is the field of a column; "" when the column isn't there.
func (t *rows) value(column string) string {
	if i, ok := t.column[column]; ok {
		return t.fields[i]
	}
	return ""
}

// bad is an error about the value of a column.
func (t *rows) bad(column, reason string) error {
	value := t.value(column)
	if len(value) > 60 {
		value = strings.ToValidUTF8(value[:60], "") + "…"
	}
	line := t.line
	if i, ok := t.column[column]; ok {
		line, _ = t.csv.FieldPos(i)
	}
	return &InputError{File: t.file, Line: line, Column: column, Value: value, Reason: reason}
}

// name is the value of a column that names something.
func (t *rows) name(column string, required bool) (string, error) {
	v := t.value(column)
	switch {
	case required && strings.TrimSpace(v) == "":
		return "", t.bad(column, "must not be empty")
	case !utf8.ValidString(v) || strings.ContainsRune(v, 0):
		return "", t.bad(column, "is not valid UTF-8 text")
	}
	return v, nil
}

// word looks a value up in a closed list; empty is the zero value if allowed.
func word[T any](t *rows, column string, words map[string]T, required bool) (T, error) {
	v := t.value(column)
	w, ok := words[v]
	if !ok && (v != "" || required) {
		return w, t.bad(column, "is not one of "+strings.Join(sortedKeys(words), ", "))
	}
	return w, nil
}

// meter ends reading when a single row takes too much.
type meter struct {
	r    io.Reader
	seen int
}

var errLong = fmt.Errorf("the row is longer than %d bytes", recordAtMost)

func (m *meter) Read(p []byte) (int, error) {
	if m.seen > recordAtMost {
		return 0, errLong
	}
	n, err := m.r.Read(p)
	m.seen += n
	return n, err
}
