package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/rbac"
	"evenhand/staff"
	"evenhand/web"
)

// people lists the staff and their grants. The right counts from any marketplace: accounts belong to none.
func (s *Server) people(c *gin.Context) {
	v, ctx := viewerOf(c), c.Request.Context()
	cursor, err := models.ParseCursor(c.Query("page"))
	if err != nil {
		s.fail(c, err)
		return
	}
	m, err := s.rightSomewhere(c, rbac.Object{Kind: "people"}, "read")
	if err != nil {
		s.fail(c, err)
		return
	}
	list, around, err := s.app.Staff.List(ctx, v.actor, m.ID, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	if m.ID != "" {
		c.Set(keyMarket, m)
	}
	page := web.PeoplePage{Page: s.page(c, "People"), Pager: pager(c, around)}
	for _, p := range list {
		page.People = append(page.People, s.staffRow(p, v.actor))
	}
	s.show(c, http.StatusOK, page)
}

// rightSomewhere finds a marketplace where the viewer has a right; none is the zero place, where nobody has any.
func (s *Server) rightSomewhere(c *gin.Context, obj rbac.Object, act string) (place, error) {
	v := viewerOf(c)
	for _, m := range v.markets {
		ok, err := v.rights.Can(v.ID, m.ID, obj, act)
		if err != nil {
			return place{}, err
		}
		if ok {
			return place{m, v.rights.Roles(v.ID, m.ID)}, nil
		}
	}
	return place{}, nil
}

func (s *Server) staffRow(p staff.Listed, viewer models.Actor) web.StaffRow {
	row := web.StaffRow{Person: person(p.ID, p.Name, viewer), Email: p.Email, Disabled: p.DisabledAt != nil}
	if p.DisabledAt != nil {
		row.DisabledAt = *p.DisabledAt
	}
	now := s.app.Now()
	for _, g := range p.Grants {
		x := web.Grant{Role: g.Role, Market: g.MarketplaceID, Queues: g.Queues, Skills: g.Skills, From: g.ValidFrom, GrantedBy: person(g.GrantedBy, g.GrantedByName, viewer), Ended: !g.Active(now)}
		if g.MarketplaceID == models.AllMarketplaces {
			x.Market = ""
		}
		switch {
		case g.RevokedAt != nil:
			x.Until = *g.RevokedAt
		case g.ValidTo != nil:
			x.Until = *g.ValidTo
		}
		row.Grants = append(row.Grants, x)
	}
	return row
}
