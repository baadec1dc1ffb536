package ingest

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
)

// table is a CSV file with a header, read by the names of its columns.
type table struct {
	*input
	width int   // fields of a record
	at    []int // where the columns that were asked for are
}

// openTable opens a CSV file that has at least these columns.
func openTable(path string, columns []string, tell func(n int)) (*table, error) {
	in, err := openInput(path, tell)
	if err != nil {
		return nil, err
	}
	t := &table{input: in}
	if err := t.header(columns); err != nil {
		return nil, errors.Join(err, in.close())
	}
	return t, nil
}

func (t *table) header(columns []string) error {
	head, err := t.next(splitCSV(-1))
	switch {
	case err == io.EOF:
		return t.failed(errors.New("the file is empty"))
	case err != nil:
		return t.failed(err)
	case head.reason != "":
		return unreadable(t.path, head.line, errors.New("the header "+head.reason))
	}
	t.width = len(head.fields)
	for _, c := range columns {
		i := slices.Index(head.fields, c)
		if i < 0 {
			return unreadable(t.path, head.line, fmt.Errorf("there is no column %s; is this the right file?", c))
		}
		t.at = append(t.at, i)
	}
	return nil
}

// row is one record of a table: its columns as they were asked for, or the reason why it can't be taken.
type row struct {
	Record
	columns []string
}

// rows gives the records in turn. Its error is the stream's, and the last.
func (t *table) rows() iter.Seq2[row, error] {
	split := splitCSV(t.width)
	return func(yield func(row, error) bool) {
		for {
			r, err := t.next(split)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(row{}, t.failed(err))
				return
			}
			out := row{Record: Record{File: filepath.Base(t.path), Line: r.line, Reason: r.reason, Excerpt: excerpt(r.bytes)}}
			if r.reason == "" {
				for _, i := range t.at {
					out.columns = append(out.columns, r.fields[i])
				}
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}
