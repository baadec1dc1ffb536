package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	sqlitedriver "github.com/glebarez/go-sqlite"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
)

// guardPrefix starts every message that a trigger of ours raises.
const guardPrefix = "evenhand: "

// Translate turns what a driver says into a project error where a caller can do something about it: a guard in the
// database that refused, and a database that is gone. Everything else passes unchanged.
func Translate(err error) error {
	if err == nil {
		return nil
	}
	var own *Error
	switch {
	case errors.As(err, &own), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, gorm.ErrRecordNotFound), sqlState(err) == "22P02": // what isn't an id is nobody's id
		return &Error{Kind: NotFound, Code: "not_found", Detail: "There is no such thing here.", Err: err}
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return &Error{Kind: Conflict, Code: "exists_already", Detail: "Somebody was first with the same, at this very moment. Nothing was changed.", Err: err}
	case sqlState(err) == "22021":
		return &Error{Kind: Invalid, Code: "invalid_text", Detail: "There is a character in this text that can't be stored.", Err: err}
	case gone(err):
		return &Error{Kind: Unavailable, Code: "database_unavailable", Detail: "The database can't be reached. Nothing was changed; try again.", Err: err}
	}
	if text, ok := guardText(err); ok {
		return &Error{Kind: Conflict, Code: "refused_by_database", Detail: "The database refused this: " + text + ".", Err: err}
	}
	return err
}

// CodeUnknown is the code of an act of which nobody knows whether it was done.
const CodeUnknown = "outcome_unknown"

// translateCommit is Translate for what comes of a COMMIT. Where the connection ended before the answer to it came, the
// act may have been done, and nobody is told that it wasn't.
func translateCommit(err error) error {
	out := Translate(err)
	if !IsKind(out, Unavailable) || !unanswered(err) {
		return out
	}
	return &Error{Kind: Unavailable, Code: CodeUnknown, Err: err,
		Detail: "The connection to the database was lost while this was being written. It may have been done, or not."}
}

// unanswered says whether PostgreSQL may have done what it was sent: it was sent, and neither refused nor rolled back.
// SQLite always answers.
func unanswered(err error) bool {
	var lite *sqlitedriver.Error
	if errors.As(err, &lite) || pgconn.SafeToRetry(err) {
		return false
	}
	state := sqlState(err)
	return state == "" || strings.HasPrefix(state, "08") || strings.HasPrefix(state, "57P")
}

// guardText finds the message of one of our triggers in a driver's error.
func guardText(err error) (string, bool) {
	text := err.Error()
	i := strings.Index(text, guardPrefix)
	if i < 0 {
		return "", false
	}
	text = text[i+len(guardPrefix):]
	if j := strings.Index(text, " ("); j >= 0 { // the drivers append their code in brackets
		text = text[:j]
	}
	return text, true
}

// Primary result codes of SQLite (https://sqlite.org/rescode.html) that mean: not now, perhaps later.
var sqliteGone = map[int]bool{5: true, 6: true, 8: true, 10: true, 13: true, 14: true, 26: true}

// sqlState is PostgreSQL's code for an error, "" for none.
func sqlState(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// States of PostgreSQL that mean: not now, perhaps later. Class 08 connection, 40 rolled back by a deadlock, 53
// resources, 57 operator intervention and timeouts, 55P03 lock timeout, 25006 read-only: a standby or a stopping server.
var postgresGone = []string{"08", "40", "53", "57", "55P03", "25006"}

func gone(err error) bool {
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) { // whatever the server's reason for letting nobody in
		return true
	}
	if state := sqlState(err); state != "" {
		return slices.ContainsFunc(postgresGone, func(prefix string) bool { return strings.HasPrefix(state, prefix) })
	}
	var lite *sqlitedriver.Error
	if errors.As(err, &lite) {
		return sqliteGone[lite.Code()&0xff]
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || // the server hung up in the middle of an answer
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "sql: database is closed")
}
