package worlds

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"evenhand/favor"
)

// Read reads a world from its folder: decisions.csv.gz, truth.csv.gz and truth_decisions.csv.gz.
func Read(dir string) (*World, error) {
	w := &World{Name: filepath.Base(dir)}
	f, err := os.Open(filepath.Join(dir, "decisions.csv.gz"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	groups := map[string]string{}
	for d, err := range favor.ReadDecisions(f, f.Name()) {
		if err != nil {
			return nil, err
		}
		w.Decisions = append(w.Decisions, d)
		groups[d.Seller] = d.SellerGroup
	}
	pairs, err := rows(filepath.Join(dir, "truth.csv.gz"), 6)
	if err != nil {
		return nil, err
	}
	for _, r := range pairs {
		p := Planted{Moderator: r[0], Seller: r[1], Kind: r[4], Approver: r[5]}
		if p.Corrupt, err = strconv.Atoi(r[2]); err != nil {
			return nil, fmt.Errorf("%s: corrupt_removals: %w", w.Name, err)
		}
		if p.Kind == "middleman" {
			p.Group = groups[p.Seller]
		}
		w.Planted = append(w.Planted, p)
	}
	truth, err := rows(filepath.Join(dir, "truth_decisions.csv.gz"), 3)
	if err != nil {
		return nil, err
	}
	return w, w.answers(truth)
}

func (w *World) answers(truth [][]string) error {
	said := map[string]favor.Label{}
	for _, r := range truth {
		said[r[0]] = favor.Genuine
		if r[2] == "violating" {
			said[r[0]] = favor.Violating
		}
	}
	w.Answers = make([]favor.Label, len(w.Decisions))
	for i, d := range w.Decisions {
		if w.Answers[i] = said[d.ID]; w.Answers[i] == 0 {
			return fmt.Errorf("%s: nothing is known of a second look at %s", w.Name, d.ID)
		}
	}
	return nil
}

// rows reads a gzipped CSV file without its header.
func rows(path string, fields int) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(z)
	r.FieldsPerRecord = fields
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		return nil, fmt.Errorf("%s: no rows: %w", path, err)
	}
	return all[1:], nil
}
