package handlers

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"evenhand/history"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/web"
)

// addSaved fills the filters that the viewer may use, and what the form to keep this one needs.
func (s *Server) addSaved(c *gin.Context, page *web.RemovalsPage, query string) {
	if page.Save.Allowed = s.can(c, rbac.Object{Kind: "history"}, "save"); !page.Save.Allowed {
		return
	}
	page.Save.Query = query
	saved, err := s.saved(c)
	if err == nil { // where they can't be read, the list is the page's purpose
		page.Saved = saved
	}
}

func (s *Server) saved(c *gin.Context) ([]web.SavedFilter, error) {
	v, m := viewerOf(c), placeOf(c)
	list, err := s.app.Past.SavedFilters(c.Request.Context(), v.actor, m.ID)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, x := range list {
		ids[i] = x.ID
	}
	marked := s.marksOf(c, ids...)
	var out []web.SavedFilter
	for _, x := range list {
		out = append(out, web.SavedFilter{
			ID: x.ID, Name: x.Name, Href: "/m/" + m.ID + "/removals?" + x.Values().Encode(), Shared: x.Shared, Mine: x.OwnerID == v.ID,
			Owner: person(x.OwnerID, x.OwnerName, v.actor), At: x.CreatedAt, Mark: marked.of(x.ID),
		})
	}
	return out, nil
}

// filters lists the filters that the viewer keeps.
func (s *Server) filters(c *gin.Context) {
	s.showFilters(c, http.StatusOK, web.FiltersPage{})
}

func (s *Server) showFilters(c *gin.Context, status int, page web.FiltersPage) {
	list, err := s.saved(c)
	if err != nil {
		s.fail(c, err)
		return
	}
	page.Page, page.Filters = s.page(c, "Saved filters"), list
	s.show(c, status, page)
}

// saveFilter keeps a filter under a name.
func (s *Server) saveFilter(c *gin.Context) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	form := web.SaveForm{Allowed: true, Query: c.PostForm("query"), Name: c.PostForm("name"), Shared: c.PostForm("shared") != ""}
	q, err := url.ParseQuery(form.Query)
	if err != nil {
		s.fail(c, models.InvalidField("query", "The form is incomplete; open the list again."))
		return
	}
	var f history.Filter
	if f, err = s.app.Past.Parse(ctx, m.ID, q); err == nil {
		_, err = s.app.Past.Save(ctx, v.actor, f, form.Name, form.Shared)
	}
	if errs, status, ok := fields(c, err); ok {
		form.Errors = errs
		s.showFilters(c, status, web.FiltersPage{Save: form})
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "filter-kept", "/m/"+m.ID+"/removals?"+f.Values().Encode())
}

func (s *Server) renameFilter(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	m, name := placeOf(c), c.PostForm("name")
	err := s.app.Past.Rename(c.Request.Context(), viewerOf(c).actor, m.ID, id, name)
	if errs, status, ok := fields(c, err); ok {
		s.showFilters(c, status, web.FiltersPage{Renamed: id, Name: name, Errors: errs})
		return
	}
	s.filterChanged(c, err, "filter-renamed")
}

func (s *Server) deleteFilter(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	s.filterChanged(c, s.app.Past.Delete(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id), "filter-deleted")
}

func (s *Server) filterChanged(c *gin.Context, err error, flash string) {
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, flash, "/m/"+placeOf(c).ID+"/filters")
}
