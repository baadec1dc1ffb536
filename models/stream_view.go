package models

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
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

// decoder reads PostgreSQL's binary formats. The texts of one row share one piece of memory.
type decoder struct {
	into    []any
	types   *pgtype.Map
	columns pgx.Rows
	text    []byte
	ends    []int
}

func (d *decoder) row(values [][]byte) error {
	fields := d.columns.FieldDescriptions()
	if len(values) != len(d.into) {
		return fmt.Errorf("models: a stream of %d columns into %d variables", len(values), len(d.into))
	}
	d.text, d.ends = d.text[:0], d.ends[:0]
	for i, raw := range values {
		if s, ok := d.into[i].(*string); ok {
			if *s = ""; !d.appendText(fields[i].DataTypeOID, fields[i].Format, raw) {
				return fmt.Errorf("models: a stream doesn't read column %s as text", fields[i].Name)
			}
		} else if err := d.value(fields[i].DataTypeOID, fields[i].Format, raw, d.into[i]); err != nil {
			return err
		}
		d.ends = append(d.ends, len(d.text))
	}
	all, from := string(d.text), 0
	for i, end := range d.ends {
		if s, ok := d.into[i].(*string); ok {
			*s = all[from:end]
		}
		from = end
	}
	return nil
}

func (d *decoder) appendText(oid uint32, format int16, raw []byte) bool {
	switch {
	case format == pgtype.TextFormatCode, oid == pgtype.TextOID, oid == pgtype.VarcharOID:
		d.text = append(d.text, raw...)
	case oid == pgtype.UUIDOID && len(raw) == 16:
		d.text = appendUUID(d.text, raw)
	default:
		return raw == nil
	}
	return true
}

func appendUUID(out, raw []byte) []byte {
	const digits = "0123456789abcdef"
	var text [36]byte
	at := 0
	for i, b := range raw {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			text[at] = '-'
			at++
		}
		text[at], text[at+1] = digits[b>>4], digits[b&15]
		at += 2
	}
	return append(out, text[:]...)
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
			one := decoder{}
			if !one.appendText(oid, format, raw) {
				return errors.New("models: a stream doesn't read this column as text")
			}
			text := string(one.text)
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
