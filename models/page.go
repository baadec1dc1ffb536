package models

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Cursor is a place in a list that is ordered by time and id, newest first.
type Cursor struct {
	At     time.Time
	ID     string
	Before bool // the page that ends before this place, instead of the one that begins after it
}

// String writes a cursor for a link.
func (c Cursor) String() string {
	way := "a"
	if c.Before {
		way = "b"
	}
	return fmt.Sprintf("%s%d_%s", way, c.At.UnixMicro(), c.ID)
}

// ParseCursor reads a cursor from a link; "" is the first page, as nil.
func ParseCursor(s string) (*Cursor, error) {
	if s == "" {
		return nil, nil
	}
	bad := InvalidField("page", "This link to a page of the list is broken; begin at the first page.")
	micros, id, ok := strings.Cut(s[1:], "_")
	if !ok || (s[0] != 'a' && s[0] != 'b') {
		return nil, bad
	}
	n, err := strconv.ParseInt(micros, 10, 64)
	if err != nil {
		return nil, bad
	}
	if id, err = ParseID(id); err != nil {
		return nil, bad
	}
	return &Cursor{At: time.UnixMicro(n).UTC(), ID: id, Before: s[0] == 'b'}, nil
}

// PageSize is how many rows a page of a list has.
const PageSize = 50

// Page narrows a query to one page, by key: no page costs more than another. It reads one row more than it shows,
// to know whether there is a next page. at and id are the columns of the order.
func Page(q *gorm.DB, c *Cursor, at, id string) *gorm.DB {
	order := at + " DESC, " + id + " DESC"
	if c != nil {
		sign := "<"
		if c.Before {
			sign, order = ">", at+", "+id
		}
		q = q.Where(fmt.Sprintf("(%s, %s) %s (?, ?)", at, id, sign), c.At, c.ID)
	}
	return q.Order(order).Limit(PageSize + 1)
}

// Around is where the neighbouring pages begin; nil where there is none.
type Around struct{ Prev, Next *Cursor }

// Trim cuts the rows that Page read to one page, newest first, and says what is around it. key gives a row's place.
func Trim[T any](rows []T, c *Cursor, key func(T) (time.Time, string)) ([]T, Around) {
	more := len(rows) > PageSize
	if more {
		rows = rows[:PageSize]
	}
	back := c != nil && c.Before
	if back {
		for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
			rows[i], rows[j] = rows[j], rows[i]
		}
	}
	var around Around
	if len(rows) == 0 {
		return rows, around
	}
	place := func(i int, before bool) *Cursor {
		at, id := key(rows[i])
		return &Cursor{At: at, ID: id, Before: before}
	}
	if more || back {
		around.Next = place(len(rows)-1, false)
	}
	if (back && more) || (c != nil && !back) {
		around.Prev = place(0, true)
	}
	return rows, around
}
