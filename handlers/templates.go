package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/rbac"
	"evenhand/web"
)

// templateRoutes keep the texts that a marketplace has ready.
func (s *Server) templateRoutes(m gin.IRouter) {
	m.GET("/templates", s.templates)
	m.POST("/templates", s.saveTemplate)
	m.POST("/templates/:id/delete", s.deleteTemplate)
}

// templates lists the texts that the viewer may insert.
func (s *Server) templates(c *gin.Context) {
	s.showTemplates(c, http.StatusOK, web.TemplatesPage{})
}

func (s *Server) showTemplates(c *gin.Context, status int, page web.TemplatesPage) {
	v, m := viewerOf(c), placeOf(c)
	list, err := s.app.Desk.Templates(c.Request.Context(), v.actor, m.ID, "")
	if err != nil {
		s.fail(c, err)
		return
	}
	page.Page, page.MayShare = s.page(c, "Templates"), s.can(c, rbac.Object{Kind: "template"}, "share")
	ids := make([]string, len(list))
	for i, t := range list {
		ids[i] = t.ID
	}
	marked := s.marksOf(c, ids...)
	for _, t := range list {
		x := templateOf(t)
		x.MayDelete = t.OwnerID == v.ID || page.MayShare && t.Shared
		x.Owner, x.Mark = person(t.OwnerID, t.OwnerName, v.actor), marked.of(t.ID)
		page.Templates = append(page.Templates, x)
	}
	s.show(c, status, page)
}

func templateOf(t models.TextTemplate) web.TextTemplate {
	return web.TextTemplate{ID: t.ID, Purpose: t.Purpose, Name: t.Name, Text: t.Text, Shared: t.Shared}
}

// offered are the templates for one field. Where they can't be read the form does without.
func (s *Server) offered(c *gin.Context, purpose string) []web.TextTemplate {
	if !s.can(c, rbac.Object{Kind: "template"}, "keep") {
		return nil
	}
	list, err := s.app.Desk.Templates(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, purpose)
	if err != nil {
		s.log.Warn("templates", "id", c.GetString(keyRequestID), "error", err.Error())
	}
	var out []web.TextTemplate
	for _, t := range list {
		out = append(out, templateOf(t))
	}
	return out
}

func (s *Server) saveTemplate(c *gin.Context) {
	m := placeOf(c)
	form := web.TemplatesPage{Purpose: c.PostForm("purpose"), Name: c.PostForm("name"), Text: c.PostForm("text"), Shared: c.PostForm("shared") != ""}
	_, err := s.app.Desk.SaveTemplate(c.Request.Context(), viewerOf(c).actor, moderation.NewTemplate{
		Marketplace: m.ID, Purpose: form.Purpose, Name: form.Name, Text: form.Text, Shared: form.Shared,
	})
	if errs, status, ok := fields(c, err); ok {
		form.Errors = errs
		s.showTemplates(c, status, form)
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "template-kept", "/m/"+m.ID+"/templates")
}

func (s *Server) deleteTemplate(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	m := placeOf(c)
	if err := s.app.Desk.DeleteTemplate(c.Request.Context(), viewerOf(c).actor, m.ID, id); err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "template-deleted", "/m/"+m.ID+"/templates")
}
