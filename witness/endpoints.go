package witness

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Endpoint is a witness to ask: its key and the URL prefix of its service, without a slash at the end.
type Endpoint struct {
	Key Verifier
	URL string
}

// ParseEndpoints reads a list of witnesses, one a line: `VKEY URL`. Empty lines and what follows a # at the beginning
// of a line or after a space are skipped. An error names the line.
func ParseEndpoints(text string) ([]Endpoint, error) {
	var out []Endpoint
	lineOf := map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		fields := uncommented(line)
		if len(fields) == 0 {
			continue
		}
		e, err := parseEndpoint(fields)
		if err != nil {
			return nil, fmt.Errorf("witnesses: line %d: %w", i+1, err)
		}
		if first, twice := lineOf[e.Key.public]; twice {
			return nil, fmt.Errorf("witnesses: line %d: the key is that of line %d, and would count twice", i+1, first)
		}
		lineOf[e.Key.public] = i + 1
		out = append(out, e)
	}
	return out, nil
}

// uncommented is the line's words up to one that begins with #.
func uncommented(line string) []string {
	fields := strings.Fields(line)
	for i, f := range fields {
		if strings.HasPrefix(f, "#") {
			return fields[:i]
		}
	}
	return fields
}

func parseEndpoint(fields []string) (Endpoint, error) {
	if len(fields) != 2 {
		return Endpoint{}, errors.New("want VKEY URL")
	}
	key, err := ParseVerifier(fields[0])
	if err != nil {
		return Endpoint{}, err
	}
	u, err := parseURL(fields[1])
	return Endpoint{key, u}, err
}

// parseURL accepts a URL that paths can be appended to.
func parseURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil {
		return "", err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q: want http:// or https://, a host and at most a path", s)
	}
	return strings.TrimRight(s, "/"), nil
}
