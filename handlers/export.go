package handlers

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
)

var exportColumns = []string{
	"proposal_id", "asked_at", "decided_at", "state", "restored", "reason", "stars", "review_id", "review_version", "seller",
	"moderator", "approvers", "justification", "notes", "title", "text", "digest", "remedy",
}

// export streams what the search shows as CSV, all of it. That it was taken out is on record.
func (s *Server) export(c *gin.Context) {
	v, m := viewerOf(c), placeOf(c)
	f, _, errs := removalFilter(c)
	for field, text := range errs {
		s.fail(c, models.InvalidField(field, "%s", text))
		return
	}
	out := csv.NewWriter(c.Writer)
	begun := false
	begin := func() error {
		begun = true
		c.Header("Content-Type", "text/csv; charset=utf-8")
		c.Header("Content-Disposition", `attachment; filename="removals-`+m.ID+"-"+s.app.Now().Format("20060102-150405")+`.csv"`)
		c.Status(http.StatusOK)
		return out.Write(exportColumns)
	}
	err := s.app.Desk.Export(c.Request.Context(), v.actor, m.ID, f, func(list []moderation.Row) error {
		if !begun {
			if err := begin(); err != nil {
				return err
			}
		}
		marked := s.marksOf(c, idsOf(list)...)
		for _, r := range list {
			record, err := exportRecord(r, marked.state(r))
			if err != nil {
				return err
			}
			if err := out.Write(record); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && !begun {
		err = begin()
	}
	out.Flush()
	switch {
	case err != nil && begun: // too late for a status: cut the answer off, so that nobody takes it for the whole
		s.log.Error("export cut off", "id", c.GetString(keyRequestID), "error", err.Error())
		panic(http.ErrAbortHandler)
	case err != nil:
		s.fail(c, err)
	}
}

func exportRecord(r moderation.Row, state string) ([]string, error) {
	asked, err := moderation.ParseRemoval(r.Proposal)
	if err != nil {
		return nil, err
	}
	decided := ""
	if r.DecidedAt != nil {
		decided = r.DecidedAt.UTC().Format(time.RFC3339)
	}
	var approvers, notes []string
	for _, g := range r.Verdicts {
		approvers, notes = append(approvers, g.ApproverName+" ("+g.Verdict+")"), append(notes, g.Note)
	}
	record := []string{
		r.ID, r.CreatedAt.UTC().Format(time.RFC3339), decided, state, strconv.FormatBool(r.Restored), r.ReasonCode, strconv.Itoa(r.Rating),
		r.ReviewID, strconv.Itoa(r.SubjectVersion), r.SellerName, r.RequesterName, strings.Join(approvers, "; "),
		asked.Justification, strings.Join(notes, "; "), r.Title, r.Body, hexOf(r.Digest), r.Remedy,
	}
	for i := range record {
		record[i] = plainCell(record[i])
	}
	return record, nil
}

// plainCell keeps a spreadsheet from taking a text for a formula (OWASP, CSV injection).
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
