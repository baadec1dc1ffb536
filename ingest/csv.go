package ingest

import (
	"bytes"
	"fmt"
)

// reasons for which a record of a CSV file is rejected (RFC 4180 is strict about quotes, and so are we: what a
// writer meant by a stray one can't be known).
const (
	reasonUnclosed   = "has a quote that is never closed"
	reasonAfterQuote = "has text after a closing quote"
	reasonBareQuote  = "has a quote inside a field that isn't quoted"
)

// splitCSV finds one record with so many fields at the beginning of b, as RFC 4180 has it, with \n or \r\n as the
// end of a line; fields < 0 takes any number. A record that breaks the rules comes back with a reason.
func splitCSV(want int) func(b []byte, ended bool) (int, []string, string, error) {
	return func(b []byte, ended bool) (int, []string, string, error) {
		if i := bytes.IndexByte(b, '\n'); i == 0 || (i == 1 && b[0] == '\r') || (ended && len(b) == 0) {
			return i + 1, nil, "", nil // an empty line, or the end
		}
		var fields []string
		for i := 0; ; {
			field, n, reason, err := splitField(b[i:], ended)
			if err != nil || reason != "" {
				return 0, nil, reason, err
			}
			fields = append(fields, field)
			i += n
			if i < len(b) && b[i] == ',' {
				i++
				continue
			}
			if i < len(b) && b[i] == '\r' {
				i++
			}
			if i < len(b) {
				i++ // the \n that splitField stopped at
			}
			if want >= 0 && len(fields) != want {
				return 0, nil, fmt.Sprintf("has %d fields, the header %d", len(fields), want), nil
			}
			return i, fields, "", nil
		}
	}
}

// splitField finds one field and its length in b, up to the comma, the line's end or the file's.
func splitField(b []byte, ended bool) (field string, n int, reason string, err error) {
	if len(b) > 0 && b[0] == '"' {
		return splitQuoted(b, ended)
	}
	n = bytes.IndexAny(b, ",\n\"")
	if n < 0 && !ended {
		return "", 0, "", errMore
	}
	if n < 0 {
		n = len(b)
	}
	if n < len(b) && b[n] == '"' {
		return "", 0, reasonBareQuote, nil
	}
	if n > 0 && b[n-1] == '\r' && (n == len(b) || b[n] == '\n') {
		n--
	}
	return string(b[:n]), n, "", nil
}

func splitQuoted(b []byte, ended bool) (field string, n int, reason string, err error) {
	var text []byte
	from, i := 1, 1
	for {
		j := bytes.IndexByte(b[i:], '"')
		switch {
		case j < 0 && ended:
			return "", 0, reasonUnclosed, nil
		case j < 0:
			return "", 0, "", errMore
		}
		i += j + 1
		if i < len(b) && b[i] == '"' {
			text = append(text, b[from:i]...)
			i++
			from = i
			continue
		}
		if !ended && (i == len(b) || (b[i] == '\r' && i+1 == len(b))) {
			return "", 0, "", errMore
		}
		if !endsField(b[i:]) {
			return "", 0, reasonAfterQuote, nil
		}
		return string(append(text, b[from:i-1]...)), i, "", nil
	}
}

// endsField says whether a field may end here.
func endsField(b []byte) bool {
	return len(b) == 0 || b[0] == ',' || b[0] == '\n' || (b[0] == '\r' && (len(b) == 1 || b[1] == '\n'))
}
