package models

import (
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// divisionByZero is PostgreSQL's state for it; see changedOne.
const divisionByZero = "22012"

// changedOne makes PostgreSQL itself fail a write that doesn't change exactly one row, so that a COMMIT which has been
// sent behind it does nothing.
func changedOne(query string) string {
	return "WITH changed AS (" + query + " RETURNING 1) SELECT 1 / CAST(count(*) = 1 AS integer) FROM changed"
}

// pipeline sends the statements to PostgreSQL in one round trip, with BEGIN before the first of a transaction and
// COMMIT behind the last. After one that failed the server skips the rest.
func (s *session) pipeline(steps []step, commit bool) error {
	batch := &pgx.Batch{}
	begun := s.open
	if !begun {
		batch.Queue("BEGIN")
		s.open = true
	}
	for _, st := range steps {
		batch.Queue(st.query, st.args...)
	}
	if commit {
		batch.Queue("COMMIT")
	}
	return s.conn.Raw(func(conn any) (err error) {
		answers := conn.(*stdlib.Conn).Conn().SendBatch(s.ctx, batch)
		defer func() {
			if closing := answers.Close(); err == nil { // after a failure it only says it once more
				err = closing
			}
		}()
		if !begun {
			if _, err := answers.Exec(); err != nil {
				return err
			}
		}
		for _, st := range steps {
			if err := st.answer(answers, s.said); err != nil {
				return err
			}
		}
		if !commit {
			return nil
		}
		tag, err := answers.Exec()
		if err != nil {
			return err
		}
		if tag.String() != "COMMIT" {
			return errUndone
		}
		s.open = false
		return nil
	})
}

func (st step) answer(answers pgx.BatchResults, said func(error) error) error {
	if st.row == nil {
		_, err := answers.Exec()
		if st.otherwise != nil && sqlState(err) == divisionByZero {
			return st.otherwise
		}
		return said(err)
	}
	rows, err := answers.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	var columns []string
	for rows.Next() {
		if columns == nil {
			for _, d := range rows.FieldDescriptions() {
				columns = append(columns, d.Name)
			}
		}
		if err := st.row(columns, rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// inTurn runs the statements on SQLite, where a round trip is a function call.
func (s *session) inTurn(steps []step) error {
	for _, st := range steps {
		if err := st.alone(s); err != nil {
			return err
		}
	}
	return nil
}

func (st step) alone(s *session) error {
	if st.row == nil {
		res, err := s.conn.ExecContext(s.ctx, st.query, st.args...)
		if err != nil || st.otherwise == nil {
			return s.said(err)
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, st.otherwise)
		}
		return nil
	}
	rows, err := s.conn.QueryContext(s.ctx, st.query, st.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := st.row(columns, rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
