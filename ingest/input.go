package ingest

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"evenhand/models"
)

// input is one open file, decompressed.
type input struct {
	*scanner
	path string
	file *os.File
}

// counted passes on how many bytes of a file have been read.
type counted struct {
	r    io.Reader
	tell func(n int)
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.tell != nil {
		c.tell(n)
	}
	return n, err
}

var gzipMagic = []byte{0x1f, 0x8b}

// openInput opens a file, plain or gzip as its content says. tell, where not nil, hears of the bytes read.
func openInput(path string, tell func(n int)) (*input, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, 0, err)
	}
	in := &input{path: path, file: f}
	if err := in.unpack(tell); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return in, nil
}

func (in *input) unpack(tell func(n int)) error {
	if info, err := in.file.Stat(); err != nil || info.IsDir() {
		return unreadable(in.path, 0, errors.Join(err, errors.New("it is a folder")))
	}
	r := bufio.NewReaderSize(counted{in.file, tell}, firstBuffer)
	head, err := r.Peek(len(gzipMagic))
	if err != nil && err != io.EOF {
		return unreadable(in.path, 1, err)
	}
	zipped := string(head) == string(gzipMagic)
	switch {
	case !zipped && strings.HasSuffix(in.path, ".gz"):
		return unreadable(in.path, 1, errors.New("is named .gz, but its content isn't gzip"))
	case !zipped:
		in.scanner = newScanner(r)
		return in.skipMark()
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		return unreadable(in.path, 1, err)
	}
	in.scanner = newScanner(z)
	return in.skipMark()
}

// skipMark passes over a byte order mark.
func (in *input) skipMark() error {
	for len(in.rest()) < 3 && !in.ended {
		if err := in.fill(); err != nil {
			return in.failed(err)
		}
	}
	if strings.HasPrefix(string(in.rest()[:min(3, len(in.rest()))]), "\ufeff") {
		in.take(3)
	}
	return nil
}

// failed is the error of a stream that broke at the line where the scanner stands.
func (in *input) failed(err error) error { return unreadable(in.path, in.line, err) }

func (in *input) close() error { return in.file.Close() }

// unreadable is the one error of a file that can't be read on; line 0 is none.
func unreadable(path string, line int, err error) error {
	at := path
	if line > 0 {
		at = fmt.Sprintf("%s:%d", path, line)
	}
	var own *os.PathError
	detail := err.Error()
	switch {
	case errors.As(err, &own):
		detail = own.Err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF):
		detail = "the gzip data ends in the middle (an incomplete download?); what came before it was read"
	}
	return &models.Error{Kind: models.Invalid, Code: "unreadable_file", Detail: at + ": " + strings.TrimSpace(detail), Err: err}
}
