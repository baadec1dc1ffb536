package models

import (
	"context"
	"database/sql"
	"encoding/binary"
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
		d := decoder{into: into, types: conn.(*stdlib.Conn).Conn().TypeMap(), columns: rows}
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
// allocation of its own.
type decoder struct {
	into    []any
	types   *pgtype.Map
	columns pgx.Rows
	texts   strings.Builder
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
			if err := d.value(fields[i].DataTypeOID, fields[i].Format, raw, d.into[i]); err != nil {
				return err
			}
			continue
		}
		if *s, ok = d.text(fields[i].DataTypeOID, fields[i].Format, raw); !ok {
			return fmt.Errorf("models: a stream doesn't read column %s as text", fields[i].Name)
		}
	}
	return nil
}

// text is a column as text; false where it is none.
func (d *decoder) text(oid uint32, format int16, raw []byte) (string, bool) {
	isUUID := format != pgtype.TextFormatCode && oid == pgtype.UUIDOID && len(raw) == 16
	if !isUUID && format != pgtype.TextFormatCode && oid != pgtype.TextOID && oid != pgtype.VarcharOID {
		return "", raw == nil
	}
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
	return d.texts.String()[from:], true
}

const uuidLength = 36

func uuidText(raw []byte) (text [uuidLength]byte) {
	const digits = "0123456789abcdef"
	at := 0
	for i, b := range raw {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			text[at] = '-'
			at++
		}
		text[at], text[at+1] = digits[b>>4], digits[b&15]
		at += 2
	}
	return text
}

// epoch is PostgreSQL's: its times count microseconds from here.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

func (d *decoder) value(oid uint32, format int16, raw []byte, into any) error {
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
			text, ok := d.text(oid, format, raw)
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
