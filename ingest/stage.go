package ingest

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"

	_ "github.com/glebarez/go-sqlite" // the driver "sqlite"
)

// stage holds what reviews refer to, in a SQLite database of its own: millions of orders need no more memory than
// thousands. It has no name in the file system and is gone when the process ends, however it ends.
type stage struct {
	db   *sql.DB
	conn *sql.Conn
}

// stageCache is how much of the stage is kept in memory, in KiB.
const stageCache = 32 << 10

func newStage(ctx context.Context) (*stage, error) {
	db, err := sql.Open("sqlite", "")
	if err != nil {
		return nil, err
	}
	s := &stage{db: db}
	if s.conn, err = db.Conn(ctx); err != nil {
		return nil, err
	}
	for _, stmt := range []string{
		fmt.Sprintf("PRAGMA cache_size = -%d", stageCache), "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF",
		"CREATE TABLE orders (id text PRIMARY KEY, customer text, delivered integer) WITHOUT ROWID",
		"CREATE TABLE items (order_id text PRIMARY KEY, item integer, product text, seller text) WITHOUT ROWID",
		"CREATE TABLE products (id text PRIMARY KEY, category text) WITHOUT ROWID",
		"CREATE TABLE sellers (id text PRIMARY KEY, city text, state text) WITHOUT ROWID",
		"CREATE TABLE categories (name text PRIMARY KEY, english text) WITHOUT ROWID",
	} {
		if _, err := s.conn.ExecContext(ctx, stmt); err != nil {
			s.close()
			return nil, fmt.Errorf("putting orders aside: %w", err)
		}
	}
	return s, nil
}

func (s *stage) close() {
	s.conn.Close() // nothing is lost with either
	s.db.Close()
}

// stageTable is one file that reviews refer to, and how it is put aside. Of two records with one key the first stays.
type stageTable struct {
	file    string
	columns []string
	insert  string
	values  func(columns []string) ([]any, string) // or the reason why the record can't be taken
}

var (
	stageOrders = stageTable{
		olistOrders, []string{"order_id", "customer_id", "order_status"},
		"INSERT INTO orders VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
		func(c []string) ([]any, string) { return []any{c[0], c[1], c[2] == "delivered"}, "" },
	}
	stageItems = stageTable{
		olistItems, []string{"order_id", "order_item_id", "product_id", "seller_id"},
		`INSERT INTO items VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
			SET item = excluded.item, product = excluded.product, seller = excluded.seller WHERE excluded.item < item`,
		func(c []string) ([]any, string) {
			n, err := strconv.Atoi(c[1])
			if err != nil {
				return nil, fmt.Sprintf("order_item_id is %.20q; want a whole number", c[1])
			}
			return []any{c[0], n, c[2], c[3]}, ""
		},
	}
	stageProducts = stageTable{
		olistProducts, []string{"product_id", "product_category_name"},
		"INSERT INTO products VALUES (?, ?) ON CONFLICT DO NOTHING", asTheyAre,
	}
	stageSellers = stageTable{
		olistSellers, []string{"seller_id", "seller_city", "seller_state"},
		"INSERT INTO sellers VALUES (?, ?, ?) ON CONFLICT DO NOTHING", asTheyAre,
	}
	stageCategories = stageTable{
		olistCategories, []string{"product_category_name", "product_category_name_english"},
		"INSERT INTO categories VALUES (?, ?) ON CONFLICT DO NOTHING", asTheyAre,
	}
)

func asTheyAre(columns []string) ([]any, string) {
	out := make([]any, len(columns))
	for i, c := range columns {
		out[i] = c
	}
	return out, ""
}

// load puts one file aside. It gives the records that can't be taken.
func (s *stage) load(ctx context.Context, st stageTable, path string, tell func(n int)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		t, err := openTable(path, st.columns, tell)
		if err != nil {
			yield(Record{}, err)
			return
		}
		defer t.close() //nolint:errcheck // it was only read
		err = s.inOne(ctx, st.insert, func(insert *sql.Stmt) error {
			for r, err := range t.rows() {
				if err != nil {
					return err
				}
				if reason, err := st.put(ctx, insert, r); err != nil {
					return err
				} else if reason != "" {
					r.Reason = reason
					if !yield(r.Record, nil) {
						return errStopped
					}
				}
			}
			return nil
		})
		if err != nil && err != errStopped {
			yield(Record{}, err)
		}
	}
}

// errStopped says that whoever reads wants no more.
var errStopped = fmt.Errorf("stopped")

// put puts one record aside, or says why it can't be taken.
func (st stageTable) put(ctx context.Context, insert *sql.Stmt, r row) (string, error) {
	if r.Reason != "" {
		return r.Reason, nil
	}
	if reason := unfitID("record", r.columns[0]); reason != "" {
		return reason, nil
	}
	values, reason := st.values(r.columns)
	if reason != "" {
		return reason, nil
	}
	_, err := insert.ExecContext(ctx, values...)
	return "", err
}

// inOne runs fn with a prepared statement in one go of the stage.
func (s *stage) inOne(ctx context.Context, statement string, fn func(*sql.Stmt) error) error {
	if _, err := s.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	insert, err := s.conn.PrepareContext(ctx, statement)
	if err != nil {
		return err
	}
	defer insert.Close()
	if err := fn(insert); err != nil {
		return err
	}
	_, err = s.conn.ExecContext(ctx, "COMMIT")
	return err
}

// order is what the stage knows of a review's order.
type order struct {
	known, items, delivered   bool
	customer, product, seller string
	category, english         string
	city, state               string
}

const findOrders = `
	SELECT j.key, o.id IS NOT NULL, i.order_id IS NOT NULL, coalesce(o.delivered, 0), coalesce(o.customer, ''),
	       coalesce(i.product, ''), coalesce(i.seller, ''), coalesce(p.category, ''), coalesce(c.english, ''),
	       coalesce(s.city, ''), coalesce(s.state, '')
	  FROM json_each(?) j
	  LEFT JOIN orders o ON o.id = j.value
	  LEFT JOIN items i ON i.order_id = j.value
	  LEFT JOIN products p ON p.id = i.product
	  LEFT JOIN categories c ON c.name = p.category
	  LEFT JOIN sellers s ON s.id = i.seller`

// find looks the orders of a batch of reviews up, in one query.
func (s *stage) find(ctx context.Context, batch []row) ([]order, error) {
	ids := make([]string, len(batch))
	for i, r := range batch {
		if r.Reason == "" {
			ids[i] = r.columns[1]
		}
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := s.conn.QueryContext(ctx, findOrders, string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]order, len(batch))
	for rows.Next() {
		var o order
		var i int
		if err := rows.Scan(&i, &o.known, &o.items, &o.delivered, &o.customer, &o.product, &o.seller,
			&o.category, &o.english, &o.city, &o.state); err != nil {
			return nil, err
		}
		out[i] = o
	}
	return out, rows.Err()
}
