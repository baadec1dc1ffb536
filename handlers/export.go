package handlers

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/history"
	"evenhand/models"
	"evenhand/moderation"
)

var exportColumns = []string{
	"proposal_id", "asked_at", "decided_at", "restored_at", "state", "reason", "stars", "queue", "assigned", "verified", "review_id", "review_version",
	"seller_id", "seller", "moderator_id", "moderator", "approvers", "justification", "notes", "title", "text", "digest", "remedy",
}

// exportEnd stands in the first column of the last line of a CSV: a file without it was cut off.
const exportEnd = "end-of-export"

func (s *Server) exportCSV(c *gin.Context) {
	out := &sums{w: c.Writer, sum: sha256.New()}
	lines := csv.NewWriter(out)
	write := func(record []string) error { return lines.Write(record) }
	s.export(c, history.FormatCSV, "text/csv; charset=utf-8", format{
		begin: func(history.Exported) error { return write(exportColumns) },
		row: func(record []string) error {
			for i := range record {
				record[i] = plainCell(record[i])
			}
			return write(record)
		},
		flush: func() error { lines.Flush(); return lines.Error() },
		end: func(n int, x history.Exported) error {
			last := make([]string, len(exportColumns))
			last[0], last[1], last[2], last[3] = exportEnd, strconv.Itoa(n), out.hex(), x.Entry
			if err := write(last); err != nil {
				return err
			}
			lines.Flush()
			return lines.Error()
		},
	})
}

func (s *Server) exportJSONL(c *gin.Context) {
	out := &sums{w: c.Writer, sum: sha256.New()}
	lines := json.NewEncoder(out)
	s.export(c, history.FormatJSONL, "application/jsonl; charset=utf-8", format{
		begin: func(x history.Exported) error {
			return lines.Encode(map[string]any{"format": "evenhand-removals-1", "marketplace": placeOf(c).ID, "entry": x.Entry, "filter": x.Digest, "asof": x.AsOf.UTC().Format(time.RFC3339Nano), "columns": exportColumns})
		},
		row: func(record []string) error {
			line := make(map[string]string, len(record))
			for i, column := range exportColumns {
				line[column] = record[i]
			}
			return lines.Encode(line)
		},
		flush: func() error { return nil },
		end: func(n int, x history.Exported) error {
			return lines.Encode(map[string]any{"end": exportEnd, "rows": n, "sha256": out.hex(), "entry": x.Entry})
		},
	})
}

// format writes one kind of file.
type format struct {
	begin func(history.Exported) error
	row   func([]string) error
	flush func() error
	end   func(rows int, x history.Exported) error // says how many rows went before, and the SHA-256 of all bytes before
}

// sums counts what went through: the last line of a file has the SHA-256 of all before it.
type sums struct {
	w   io.Writer
	sum hash.Hash
}

func (s *sums) Write(b []byte) (int, error) {
	s.sum.Write(b) //nolint:errcheck // a hash never fails
	return s.w.Write(b)
}

func (s *sums) hex() string { return hex.EncodeToString(s.sum.Sum(nil)) }

// export streams what the search shows, all of it. That it was taken out is on record before the first byte.
func (s *Server) export(c *gin.Context, kind, contentType string, to format) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	if err := s.may(c, "removal", "export"); err != nil {
		s.fail(c, err)
		return
	}
	f, err := s.app.Past.Parse(ctx, m.ID, c.Request.URL.Query())
	if err != nil {
		s.fail(c, err)
		return
	}
	begun, rows := false, 0
	var made history.Exported
	err = s.app.Past.Export(ctx, v.actor, f, kind, func(x history.Exported) error {
		begun, made = true, x
		c.Header("Content-Type", contentType)
		c.Header("Content-Disposition", `attachment; filename="removals-`+m.ID+"-"+s.app.Now().Format("20060102-150405")+"."+kind+`"`)
		c.Status(http.StatusOK)
		return to.begin(x)
	}, func(list []history.Row) error {
		marked := s.marksOf(c, historyIDs(list)...)
		for _, r := range list {
			record, err := exportRecord(r, marked.past(r))
			if err != nil {
				return err
			}
			if err := to.row(record); err != nil {
				return err
			}
			rows++
		}
		return to.flush()
	})
	if err == nil {
		err = to.flush()
	}
	if err == nil {
		err = to.end(rows, made)
	}
	switch {
	case err != nil && begun: // too late for a status: cut the answer off, so that nobody takes it for the whole
		s.log.Error("export cut off", "id", c.GetString(keyRequestID), "error", err.Error())
		panic(http.ErrAbortHandler)
	case err != nil:
		s.fail(c, err)
	}
}

func exportRecord(r history.Row, state string) ([]string, error) {
	asked, err := moderation.ParseRemoval(models.Proposal{ID: r.ProposalID, Payload: r.Payload, ErasedAt: r.ErasedAt})
	if err != nil {
		return nil, err
	}
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	verified := history.VerifiedUnknown
	if r.Verified != nil {
		verified = map[bool]string{true: history.VerifiedYes, false: history.VerifiedNo}[*r.Verified]
	}
	var approvers, notes []string
	for _, g := range r.Verdicts {
		approvers, notes = append(approvers, g.ApproverName+" ("+g.Verdict+")"), append(notes, g.Note)
	}
	return []string{
		r.ProposalID, at(&r.AskedAt), at(r.DecidedAt), at(r.RestoredAt), state, r.ReasonCode, strconv.Itoa(r.Rating), r.Queue, r.Assigned, verified,
		r.ReviewID, strconv.Itoa(r.ReviewVersion), r.SellerID, r.SellerName, r.RequesterID, r.RequesterName, strings.Join(approvers, "; "),
		asked.Justification, strings.Join(notes, "; "), r.Title, r.Body, hexOf(r.Digest), r.Remedy,
	}, nil
}

// plainCell keeps a spreadsheet from taking a text for a formula (OWASP, CSV injection).
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
