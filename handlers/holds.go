package handlers

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/rbac"
	"evenhand/web"
	"evenhand/words"
)

// holdRoutes hide a dangerous review for some hours, and show who did.
func (s *Server) holdRoutes(m gin.IRouter) {
	m.POST("/tickets/:id/hold", s.placeHold)
	m.GET("/holds", s.holds)
	m.POST("/holds/:id/lift", s.liftHold)
}

// placeHold hides the review of a ticket for a while. The moderator goes on with the ticket: the rest is still to be decided.
func (s *Server) placeHold(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	ask := moderation.Hold{Marketplace: placeOf(c).ID, Ticket: id, Seen: seen(c, "text_digest"), Reason: c.PostForm("reason"), Words: c.PostForm("words")}
	_, err := s.app.Desk.PlaceHold(c.Request.Context(), viewerOf(c).actor, ask)
	if errs, status, ok := fields(c, err); ok {
		s.showTicket(c, status, func(p *web.TicketPage) { p.Hold.Reason, p.Hold.Words, p.Hold.Errors = ask.Reason, ask.Words, errs })
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "held", "/m/"+ask.Marketplace+"/tickets/"+id)
}

// liftHold ends a hold before its time.
func (s *Server) liftHold(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	if err := s.app.Desk.LiftHold(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id); err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "lifted", "/m/"+placeOf(c).ID+"/holds")
}

// holds lists them, all or one person's.
func (s *Server) holds(c *gin.Context) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	cursor, err := cursorOf(c)
	if err != nil {
		s.fail(c, err)
		return
	}
	of := c.Query("moderator")
	if of != "" {
		if of, err = models.ParseID(of); err != nil {
			s.fail(c, models.InvalidField("moderator", "This isn't anybody's id."))
			return
		}
	}
	rows, n, around, err := s.app.Desk.Holds(ctx, v.actor, m.ID, of, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.HoldsPage{Page: s.page(c, "Holds"), Holds: s.holdsOf(c, rows), Pager: pager(c, around), Minutes: m.HoldMinutes, PerDay: m.HoldsPerDay, Figures: holdFigures(language(c), n)}
	if of != "" {
		page.Of = person(of, "…"+short(of), v.actor)
		if len(rows) > 0 && rows[0].HolderID != "" {
			page.Of = person(of, rows[0].HolderName, v.actor)
		}
	}
	s.show(c, http.StatusOK, page)
}

func holdFigures(l *words.Language, n moderation.HoldFigures) []web.SubjectFigure {
	var out []web.SubjectFigure
	for _, x := range []struct {
		label string
		n     int
	}{{"reviews held", n.All}, {"now", n.Open}, {"confirmed by two people", n.Confirmed}, {"lifted", n.Lifted}, {"lapsed", n.Lapsed}} {
		f := web.SubjectFigure{Label: x.label, Value: strconv.Itoa(x.n)}
		if x.label != "reviews held" && x.label != "now" && n.All > 0 {
			f.Of = l.Say("%s of them", l.Percent(0, float64(x.n)/float64(n.All)))
		}
		out = append(out, f)
	}
	return out
}

// holdsOf are holds for a page.
func (s *Server) holdsOf(c *gin.Context, rows []moderation.HoldRow) []web.Hold {
	var ids []string
	for _, h := range rows {
		ids = append(ids, h.ID)
	}
	marked, v, lift := s.marksOf(c, ids...), viewerOf(c), s.can(c, rbac.Object{Kind: "review"}, "restore")
	var out []web.Hold
	for _, h := range rows {
		x := web.Hold{
			ID: h.ID, ReviewID: h.ReviewID, Stars: h.Rating, Excerpt: excerpt(h.Title, h.Body, h.ReviewErased), Seller: h.SellerName,
			Holder: person(h.HolderID, h.HolderName, v.actor), Reason: h.ReasonCode, Words: h.Words, Erased: h.ErasedAt != nil,
			PlacedAt: h.PlacedAt, Until: h.Until, State: web.HoldOpen, Mark: marked.of(h.ID),
		}
		if h.HolderID == "" {
			x.Holder = web.Person{Hidden: true}
		}
		switch {
		case h.EndedAt != nil:
			x.EndedAt, x.State = *h.EndedAt, "hold-"+*h.How
		case h.Over(s.app.Now()): // the sweep hasn't been there yet
			x.EndedAt, x.State = h.Until, web.HoldLapsed
		default:
			x.Lift = lift
		}
		if h.EndProposalID != nil {
			x.ProposalID = *h.EndProposalID
		}
		out = append(out, x)
	}
	return out
}

// heldNow is the hold that hides a review now, nil where there is none.
func (s *Server) heldNow(c *gin.Context, r models.Review) (*web.Hold, error) {
	if !r.HeldAt(s.app.Now()) {
		return nil, nil
	}
	rows, err := s.app.Desk.HoldsAt(c.Request.Context(), viewerOf(c).actor, r.MarketplaceID, r.ID)
	if err != nil {
		return nil, err
	}
	for _, h := range s.holdsOf(c, rows) {
		if h.Open() {
			return &h, nil
		}
	}
	return nil, nil
}

// addHold offers the form to hold a ticket's review, to those who may, and says that it is held.
func (s *Server) addHold(c *gin.Context, page *web.TicketPage, t moderation.TicketView) error {
	m, r := placeOf(c), t.Content.Review
	var err error
	if page.Held, err = s.heldNow(c, r); err != nil || !page.Mine || !s.can(c, rbac.Object{Kind: "hold"}, "place") {
		return err
	}
	may, left, err := s.app.Desk.Holdable(c.Request.Context(), viewerOf(c).actor, m.Marketplace, r)
	if err != nil {
		return err
	}
	may = may || t.IsLook() && left > 0 // whoever is at a second look isn't told of an earlier hold
	page.Hold = web.HoldForm{Offered: may && page.Held == nil && r.ErasedAt == nil, Left: left, Minutes: m.HoldMinutes}
	reasons, err := s.app.Desk.Reasons(c.Request.Context())
	for _, x := range reasons {
		if x.Holdable {
			page.Hold.Reasons = append(page.Hold.Reasons, web.Option{Value: x.Code, Label: web.ReasonName(x.Code)})
		}
	}
	return err
}
