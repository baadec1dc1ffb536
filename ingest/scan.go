package ingest

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// maxRecord bounds one record of a file, in bytes: what is longer is rejected, and memory never holds more of it.
const maxRecord = 1 << 20

const firstBuffer = 64 << 10

// reasons for which a record is rejected before anybody looks at what it says.
const (
	reasonTooLong = "is longer than 1 MiB (a quote that is never closed?)"
	reasonUTF8    = "isn't UTF-8 text"
	reasonNUL     = "has a NUL character"
)

// errMore says that a record doesn't end within the bytes at hand.
var errMore = errors.New("more bytes needed")

// scanner cuts a stream into records in bounded memory and knows the line where each begins.
type scanner struct {
	r          io.Reader
	buf        []byte
	start, end int
	ended      bool
	line       int // where buf[start] is, from 1
}

func newScanner(r io.Reader) *scanner { return &scanner{r: r, line: 1} }

// raw is one record as it stands in its file. bytes are good until the next one is read.
type raw struct {
	line   int
	bytes  []byte
	fields []string // of a CSV record
	reason string   // not "": this can't be taken
}

// rest is what has been read and not yet cut.
func (s *scanner) rest() []byte { return s.buf[s.start:s.end] }

// fill reads more. At the end of the stream it only notes that.
func (s *scanner) fill() error {
	if s.start > 0 {
		copy(s.buf, s.buf[s.start:s.end])
		s.start, s.end = 0, s.end-s.start
	}
	if s.end == len(s.buf) {
		grown := make([]byte, max(firstBuffer, 2*len(s.buf)))
		copy(grown, s.buf[:s.end])
		s.buf = grown
	}
	n, err := io.ReadAtLeast(s.r, s.buf[s.end:], 1)
	s.end += n
	if err == io.EOF {
		s.ended = true
		return nil
	}
	return err
}

// take hands n bytes over and counts their lines.
func (s *scanner) take(n int) []byte {
	b := s.rest()[:n]
	s.line += bytes.Count(b, []byte{'\n'})
	s.start += n
	return b
}

// skipLine drops what is left of the line, however long it is.
func (s *scanner) skipLine() error {
	for {
		if i := bytes.IndexByte(s.rest(), '\n'); i >= 0 {
			s.take(i + 1)
			return nil
		}
		s.take(len(s.rest()))
		if s.ended {
			return nil
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// next cuts the next record as split finds it, passing over empty lines; io.EOF ends. Any other error is the
// stream's, and ends it too.
//
// A record that breaks the rules costs its first line only: the search for records goes on at the next line. So a
// quote that is never closed takes neither the rest of the file nor the memory.
func (s *scanner) next(split func(b []byte, ended bool) (int, []string, string, error)) (raw, error) {
	for {
		n, fields, reason, err := split(s.rest(), s.ended)
		switch {
		case err == errMore && len(s.rest()) > maxRecord:
			reason = reasonTooLong
		case err == errMore:
			if err := s.fill(); err != nil {
				return raw{line: s.line}, err
			}
			continue
		case n == 0 && reason == "":
			return raw{line: s.line}, io.EOF
		}
		r := raw{line: s.line, fields: fields, reason: reason}
		if reason != "" {
			return s.reject(r)
		}
		r.bytes = s.take(n)
		if len(bytes.TrimRight(r.bytes, "\r\n")) == 0 {
			continue
		}
		r.reason = unfit(r.bytes)
		return r, nil
	}
}

// reject keeps the beginning of the record as an excerpt and drops its first line.
func (s *scanner) reject(r raw) (raw, error) {
	b := s.rest()
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		r.bytes = s.take(i + 1)
		return r, nil
	}
	r.bytes = bytes.Clone(b[:min(len(b), maxExcerpt)])
	return r, s.skipLine()
}

// unfit says why text can't be stored, "" when it can.
func unfit(b []byte) string {
	switch {
	case !utf8.Valid(b):
		return reasonUTF8
	case bytes.IndexByte(b, 0) >= 0:
		return reasonNUL
	case len(b) > maxRecord:
		return reasonTooLong
	}
	return ""
}

// splitLine finds one line.
func splitLine(b []byte, ended bool) (int, []string, string, error) {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1, nil, "", nil
	}
	if !ended {
		return 0, nil, "", errMore
	}
	return len(b), nil, "", nil
}
