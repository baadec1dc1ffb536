package models

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Stream reads the rows of a query one by one into variables and calls look after each; NULL leaves a variable's zero
// value. It takes *string, *int, *int64, *bool, *[]byte, *time.Time, **string and **time.Time; what a *[]byte points to is good
// until the next row, and a text shares its memory with its neighbours, so who keeps few of many clones them. On a view of PostgreSQL (see Views) it reads the driver's own rows, which takes a third of the
// time of database/sql's.
func Stream(ctx context.Context, db *gorm.DB, into []any, look func() error, query string, args ...any) error {
	if v, ok := db.Statement.ConnPool.(*view); ok {
		return v.stream(ctx, db, into, look, query, args)
	}
	rows, err := db.WithContext(ctx).Raw(query, args...).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	nullable, settle, err := nullables(into)
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := rows.Scan(nullable...); err != nil {
			return err
		}
		for _, settle := range settle {
			settle()
		}
		if err := look(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// nullables gives each variable one that takes NULL, and what hands its value on.
func nullables(into []any) (scan []any, settle []func(), err error) {
	for _, v := range into {
		switch v := v.(type) {
		case *string:
			add(&scan, &settle, v)
		case *int:
			add(&scan, &settle, v)
		case *int64:
			add(&scan, &settle, v)
		case *bool:
			add(&scan, &settle, v)
		case *time.Time:
			add(&scan, &settle, v)
		case *[]byte, **string, **time.Time:
			scan, settle = append(scan, v), append(settle, func() {})
		default:
			return nil, nil, fmt.Errorf("models: a stream doesn't read into %T", v)
		}
	}
	return scan, settle, nil
}

func add[T any](scan *[]any, settle *[]func(), v *T) {
	n := &sql.Null[T]{}
	*scan = append(*scan, n)
	*settle = append(*settle, func() {
		var zero T
		if *v = zero; n.Valid {
			*v = n.V
		}
	})
}
