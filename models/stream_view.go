package models

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// view is one connection of Views: a transaction of database/sql, and the connection that it runs on.
type view struct {
	*sql.Tx
	conn *sql.Conn
}

func (v *view) stream(ctx context.Context, db *gorm.DB, into []any, look func() error, query string, args []any) error {
	built := db.Session(&gorm.Session{NewDB: true}).Raw(query, args...).Statement // with this dialect's placeholders
	return v.conn.Raw(func(conn any) error {
		rows, err := conn.(*stdlib.Conn).Conn().Query(ctx, built.SQL.String(), built.Vars...)
		if err != nil {
			return err
		}
		defer rows.Close()
		d := decoder{into: into, types: conn.(*stdlib.Conn).Conn().TypeMap(), columns: rows, before: make([]before, len(into))}
		for rows.Next() {
			if err := d.row(rows.RawValues()); err != nil {
				return err
			}
			if err := look(); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// decoder reads PostgreSQL's binary formats. The texts of neighbouring rows share pieces of memory, so that a row costs no
// allocation of its own, and one that is the same as in the row before is that one.
type decoder struct {
	into    []any
	types   *pgtype.Map
	columns pgx.Rows
	texts   strings.Builder
	before  []before // by column
}

// before is the text that a column had in the row before, and the id that it is, if it is one.
type before struct {
	text string
	id   [16]byte
}

// pieceOfText is how large a piece of memory for texts is.
const pieceOfText = 16 << 10

func (d *decoder) row(values [][]byte) error {
	fields := d.columns.FieldDescriptions()
	if len(values) != len(d.into) {
		return fmt.Errorf("models: a stream of %d columns into %d variables", len(values), len(d.into))
	}
	for i, raw := range values {
		s, ok := d.into[i].(*string)
		if !ok {
			if err := d.value(i, fields[i].DataTypeOID, fields[i].Format, raw, d.into[i]); err != nil {
				return err
			}
			continue
		}
		if *s, ok = d.text(i, fields[i].DataTypeOID, fields[i].Format, raw); !ok {
			return fmt.Errorf("models: a stream doesn't read column %s as text", fields[i].Name)
		}
	}
	return nil
}

// text is a column as text; false where it is none.
func (d *decoder) text(column int, oid uint32, format int16, raw []byte) (string, bool) {
	isUUID := format != pgtype.TextFormatCode && oid == pgtype.UUIDOID && len(raw) == 16
	if !isUUID && format != pgtype.TextFormatCode && oid != pgtype.TextOID && oid != pgtype.VarcharOID {
		return "", raw == nil
	}
	b := &d.before[column]
	if isUUID && b.id == [16]byte(raw) && b.text != "" || !isUUID && b.text == string(raw) {
		return b.text, true
	}
	if isUUID {
		b.id = [16]byte(raw)
	}
	b.text = d.write(isUUID, raw)
	return b.text, true
}

// write writes a text behind its neighbours.
func (d *decoder) write(isUUID bool, raw []byte) string {
	if most := max(len(raw), uuidLength); d.texts.Cap()-d.texts.Len() < most {
		d.texts = strings.Builder{}
		d.texts.Grow(max(most, pieceOfText))
	}
	from := d.texts.Len()
	if isUUID {
		text := uuidText(raw)
		d.texts.Write(text[:])
	} else {
		d.texts.Write(raw)
	}
	return d.texts.String()[from:]
}

const uuidLength = 36

// hexPairs are the digits of each byte.
var hexPairs = func() (pairs [256][2]byte) {
	for i := range pairs {
		hex.Encode(pairs[i][:], []byte{byte(i)})
	}
	return pairs
}()

func uuidText(raw []byte) (text [uuidLength]byte) {
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	for i, at := range [...]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34} {
		pair := &hexPairs[raw[i]]
		text[at], text[at+1] = pair[0], pair[1]
	}
	return text
}

// epoch is PostgreSQL's: its times count microseconds from here.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

func (d *decoder) value(column int, oid uint32, format int16, raw []byte, into any) error {
	known := format == pgtype.BinaryFormatCode
	switch into := into.(type) {
	case *[]byte:
		*into = raw
		if known {
			return nil
		}
	case *bool:
		if *into = len(raw) == 1 && raw[0] == 1; known {
			return nil
		}
	case *int:
		if known {
			return integer(raw, into)
		}
	case *int64:
		if known {
			return integer(raw, into)
		}
	case *time.Time:
		if *into = (time.Time{}); known && len(raw) == 8 {
			*into = timeOf(raw)
			return nil
		}
	case **string:
		if *into = nil; raw != nil {
			text, ok := d.text(column, oid, format, raw)
			if !ok {
				return errors.New("models: a stream doesn't read this column as text")
			}
			*into = &text
		}
		return nil
	case **time.Time:
		if *into = nil; known && len(raw) == 8 {
			at := timeOf(raw)
			*into = &at
			return nil
		}
	default:
		return fmt.Errorf("models: a stream doesn't read into %T", into)
	}
	if raw == nil {
		return nil
	}
	return d.types.Scan(oid, format, raw, into)
}

func timeOf(raw []byte) time.Time {
	return time.UnixMicro(int64(binary.BigEndian.Uint64(raw)) + epoch).UTC() //nolint:gosec // two's complement
}

func integer[T int | int64](raw []byte, into *T) error {
	switch len(raw) {
	case 0:
		*into = 0
	case 2:
		*into = T(int16(binary.BigEndian.Uint16(raw))) //nolint:gosec // two's complement
	case 4:
		*into = T(int32(binary.BigEndian.Uint32(raw))) //nolint:gosec // two's complement
	case 8:
		*into = T(int64(binary.BigEndian.Uint64(raw))) //nolint:gosec // two's complement
	default:
		return fmt.Errorf("models: an integer of %d bytes", len(raw))
	}
	return nil
}
