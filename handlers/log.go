package handlers

import (
	"compress/gzip"
	"encoding/hex"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/web"
)

// entry shows one entry with the proof that the log includes it.
func (s *Server) entry(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	e, err := s.app.Entry(ctx, v.actor, m.ID, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	marked := s.marksOf(c, id)
	page := web.EntryPage{Page: s.page(c, "An entry of the record"), Entry: entryOf(language(c), m.ID, e, v.actor, marked), Released: marked.places[id].Released}
	page.Needed, _ = s.app.Log.Quorum()
	proof, err := s.app.Log.Inclusion(ctx, id)
	switch {
	case models.AsError(err).Code == "no_checkpoint_yet":
	case err != nil:
		s.fail(c, err)
		return
	default:
		page.Proof = web.Proof{
			Index: proof.Index, Size: proof.Size, Path: hexes(proof.Path), Root: hex.EncodeToString(proof.Root[:]), Note: proof.Note,
			Keys: s.app.Log.Public().Lines, ConsistencyHref: "/m/" + m.ID + "/log/consistency",
		}
	}
	s.show(c, http.StatusOK, page)
}

func hexes(hashes []tlog.Hash) []string {
	out := make([]string, len(hashes))
	for i, h := range hashes {
		out[i] = hex.EncodeToString(h[:])
	}
	return out
}

// consistency answers with the proof that an older log is the beginning of the present one; a browser that has seen
// the older checkpoint checks it.
func (s *Server) consistency(c *gin.Context) {
	if err := s.may(c, "record", "read"); err != nil {
		s.fail(c, err)
		return
	}
	old, err := strconv.ParseInt(c.Query("old"), 10, 64)
	if err != nil {
		s.fail(c, models.InvalidField("old", "Want the number of entries of the older checkpoint."))
		return
	}
	now, path, err := s.app.Log.Consistency(c.Request.Context(), old)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"old": old, "size": now.Size, "note": now.Note, "path": hexes(path)})
}

// logPage shows how the log stands.
func (s *Server) logPage(c *gin.Context) {
	if err := s.may(c, "record", "read"); err != nil {
		s.fail(c, err)
		return
	}
	const mostCounted, listed = 1000, 20
	st, err := s.app.Log.Status(c.Request.Context(), listed, mostCounted)
	if err != nil {
		s.fail(c, err)
		return
	}
	public := s.app.Log.Public()
	page := web.LogPage{
		Page: s.page(c, "The log"), Origin: public.Origin, Keys: public.Lines, Size: st.Checkpoint.Size, SignedAt: st.Checkpoint.At,
		Note: st.Checkpoint.Note, Waiting: st.Waiting, WaitingMore: st.Waiting == mostCounted, Since: st.Since, Released: st.Released, Public: s.publicLog,
	}
	page.Needed, _ = s.app.Log.Quorum()
	for _, w := range st.Witnesses {
		page.Witnesses = append(page.Witnesses, web.Witness{Name: w.Witness, Size: w.Size, At: w.At, Counts: s.app.Log.Counts(w.Witness)})
	}
	for _, x := range st.Recent {
		page.Checkpoints = append(page.Checkpoints, web.SignedSize{Size: x.Size, Added: x.Added, At: x.At, Root: hexOf(x.Root), Witnesses: x.Witnesses})
	}
	page.Export = s.mayExportLedger(c)
	s.show(c, http.StatusOK, page)
}

func (s *Server) mayExportLedger(c *gin.Context) web.Action {
	v := viewerOf(c)
	ok, err := v.rights.Can(v.ID, models.AllMarketplaces, rbac.Object{Kind: "record"}, "read")
	if err == nil && ok {
		return web.Action{Allowed: true}
	}
	return web.Action{Why: "The log holds the entries of every marketplace: exporting it takes an auditor's role in all of them (*)."}
}

// exportLedger streams the whole ledger, which is on record before the first byte leaves.
func (s *Server) exportLedger(c *gin.Context) {
	v, ctx := viewerOf(c), c.Request.Context()
	entry := &ledger.Entry{Act: "ledger.export", SubjectType: "ledger", SubjectID: s.app.Log.Public().Origin}
	err := s.app.Ledger.Act(ctx, v.actor, entry, func(tx *gorm.DB) error {
		return s.app.Rights.Authorize(tx, v.actor, models.AllMarketplaces, rbac.Object{Kind: "record"}, "read")
	})
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Content-Type", "application/gzip")
	c.Header("Content-Disposition", `attachment; filename="ledger-`+s.app.Now().Format("20060102-150405")+`.jsonl.gz"`)
	z := gzip.NewWriter(c.Writer)
	if _, err = s.app.Log.Export(ctx, z, s.app.Now()); err == nil {
		err = z.Close()
	}
	switch {
	case err != nil && c.Writer.Written(): // too late for a status: cut the answer off, so that nobody takes it for the whole
		s.log.Error("export cut off", "id", c.GetString(keyRequestID), "error", err.Error())
		panic(http.ErrAbortHandler)
	case err != nil:
		c.Header("Content-Disposition", "")
		s.fail(c, err)
	}
}
