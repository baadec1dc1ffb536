package handlers

import (
	"cmp"
	"encoding/hex"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/web"
)

// ticket is the page on which a moderator works.
func (s *Server) ticket(c *gin.Context) {
	s.showTicket(c, http.StatusOK, func(*web.TicketPage) {})
}

// showTicket shows the ticket; with puts back what a form held and what was wrong with it.
func (s *Server) showTicket(c *gin.Context, status int, with func(*web.TicketPage)) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	view, err := s.app.Desk.Ticket(ctx, v.actor, m.ID, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.TicketPage{
		Page: s.page(c, "Ticket"), ID: view.ID, Queue: view.Queue, Due: view.DueAt,
		Review: reviewOf(c, view.Content), TextDigest: hex.EncodeToString(view.Content.Review.Digest), Never: neverReasons(),
	}
	page.State, page.Mine, page.NotMine = s.hold(view, v.actor)
	if view.LeaseUntil != nil {
		page.LeaseUntil = *view.LeaseUntil
	}
	if view.Proposal != nil {
		page.ProposalID = view.Proposal.ID
	}
	for _, f := range view.Flags {
		page.Flags = append(page.Flags, flagOf(f))
	}
	for _, o := range view.Others {
		page.Others = append(page.Others, web.OtherReview{ID: o.ID, Stars: o.Rating, Excerpt: excerpt(o.Title, o.Body, o.ErasedAt), PostedAt: o.PostedAt, Status: o.StatusAt(s.app.Now())})
	}
	if page.Reasons, err = s.reasons(c); err != nil {
		s.fail(c, err)
		return
	}
	events, err := s.app.Desk.TicketTimeline(ctx, v.actor, view.Ticket)
	if err != nil {
		s.fail(c, err)
		return
	}
	page.Timeline = eventsOf(language(c), events, v.actor, s.marksOf(c, eventIDs(events)...))
	if err := s.addHold(c, &page, view); err != nil {
		s.fail(c, err)
		return
	}
	page.Unmask = ticketMask(&page, view)
	with(&page)
	if page.Mine {
		if err := cmp.Or(s.addFiles(c, &page), s.addSkills(c, &page), s.addSet(c, &page)); err != nil {
			s.fail(c, err)
			return
		}
		page.Templates, page.Live = s.offered(c, models.PurposeJustification), page.Live+"?ticket="+page.ID
	}
	s.show(c, status, page)
}

// addFiles lists the files that were taken in for a request and not sent yet. Before a form was sent, all are chosen.
func (s *Server) addFiles(c *gin.Context, page *web.TicketPage) error {
	files, err := s.app.Desk.Unsent(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, page.ID)
	for _, f := range files {
		page.Remove.Files = append(page.Remove.Files, web.File{
			ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size, Href: page.Base() + "/tickets/" + page.ID + "/files/" + f.ID,
			Preview: preview(f.Type, page.Base()+"/tickets/"+page.ID+"/files/"+f.ID+"/preview"),
			Chosen:  c.Request.Method == http.MethodGet || slices.Contains(page.Remove.FileIDs, f.ID),
		})
	}
	return err
}

// preview is the address of a file's picture, where it is one.
func preview(fileType, href string) string {
	if !moderation.Previewable(fileType) {
		return ""
	}
	return href
}

// hold says how a ticket stands to this moderator.
func (s *Server) hold(t moderation.TicketView, actor models.Actor) (state string, mine bool, why string) {
	switch {
	case t.State == models.TicketClosed:
		return "decided", false, "This ticket has been decided."
	case t.State == models.TicketWaiting:
		return "waiting", false, "A remedy has been asked for; it waits for an approver."
	case t.LeaseHolderID != nil && *t.LeaseHolderID == actor.ID:
		return "leased", true, ""
	}
	return "waiting", false, "You don't hold this ticket any more. Take the next one from the desk."
}

// decided follows an act on a ticket: on to the next, or back to the form with what has to be mended.
func (s *Server) decided(c *gin.Context, err error, flash string, with func(*web.TicketPage, web.Errors)) {
	if errs, status, ok := fields(c, err); ok {
		s.showTicket(c, status, func(p *web.TicketPage) { with(p, errs) })
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, flash, "/m/"+placeOf(c).ID+"/desk")
}

// seen reads the digest of the text that the form showed.
func seen(c *gin.Context, field string) []byte {
	b, err := hex.DecodeString(c.PostForm(field))
	if err != nil {
		return nil // fits nothing, so the act says that the form is stale
	}
	return b
}

func (s *Server) keep(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	err := s.app.Desk.Keep(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, seen(c, "text_digest"))
	s.decided(c, err, "kept", func(p *web.TicketPage, e web.Errors) { p.KeepErrors = e })
}

func (s *Server) skip(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	form := web.SkipForm{Reason: c.PostForm("reason"), Note: c.PostForm("note")}
	err := s.app.Desk.Skip(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, form.Reason, form.Note)
	s.decided(c, err, "skipped", func(p *web.TicketPage, e web.Errors) {
		form.Errors = e
		p.Skip = form
	})
}

func (s *Server) release(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	err := s.app.Desk.Release(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id)
	s.decided(c, err, "released", func(p *web.TicketPage, e web.Errors) { p.KeepErrors = e })
}

// lease renews the hold on a ticket while its page is open. Scripts ask for it, so it always answers with data.
func (s *Server) lease(c *gin.Context) {
	c.Request.Header.Set("Accept", "application/json")
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	until, err := s.app.Desk.Renew(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"lease_until": until})
}
