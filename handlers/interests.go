package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/staff"
	"evenhand/web"
)

// interestRoutes are who has declared a tie to which seller.
func (s *Server) interestRoutes(m gin.IRouter) {
	m.GET("/interests", s.interests)
	m.POST("/interests", s.declareInterest)
	m.POST("/interests/:id/end", s.endInterest)
}

// interests shows a person's declared ties to sellers.
func (s *Server) interests(c *gin.Context) {
	s.showInterests(c, http.StatusOK, web.InterestsPage{})
}

func (s *Server) showInterests(c *gin.Context, status int, page web.InterestsPage) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	if err := s.may(c, "interest", "declare"); err != nil {
		s.fail(c, err)
		return
	}
	own, err := s.app.Staff.Interests(ctx, m.ID, v.ID)
	if err != nil {
		s.fail(c, err)
		return
	}
	page.Page = s.page(c, "My interests")
	ids := make([]string, len(own))
	for i, x := range own {
		ids[i] = x.ID
	}
	marked := s.marksOf(c, ids...)
	for _, i := range own {
		x := web.Interest{
			ID: i.ID, Seller: i.SellerName, SellerRef: i.SellerID, Relation: i.Relation, Note: i.Note, Since: i.DeclaredAt,
			Mark: marked.of(i.ID),
		}
		if i.EndedAt != nil {
			x.Until = *i.EndedAt
		}
		page.Interests = append(page.Interests, x)
	}
	s.show(c, status, page)
}

func (s *Server) declareInterest(c *gin.Context) {
	m := placeOf(c)
	form := staff.NewInterest{Marketplace: m.ID, Seller: c.PostForm("seller"), Relation: c.PostForm("relation"), Note: c.PostForm("note")}
	_, err := s.app.Staff.DeclareInterest(c.Request.Context(), viewerOf(c).actor, form)
	if errs, status, ok := fields(c, err); ok {
		s.showInterests(c, status, web.InterestsPage{Seller: form.Seller, Relation: form.Relation, Note: form.Note, Errors: errs})
		return
	}
	if models.IsKind(err, models.Conflict) {
		s.showInterests(c, http.StatusConflict, web.InterestsPage{Seller: form.Seller, Relation: form.Relation, Note: form.Note, Errors: web.Errors{"seller": models.AsError(err).Tell(language(c))}})
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "declared", "/m/"+m.ID+"/interests")
}

func (s *Server) endInterest(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	m := placeOf(c)
	if err := s.app.Staff.EndInterest(c.Request.Context(), viewerOf(c).actor, m.ID, id); err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "ended", "/m/"+m.ID+"/interests")
}
