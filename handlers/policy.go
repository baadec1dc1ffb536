package handlers

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"evenhand/moderation"
	"evenhand/web"
)

// policy shows the reasons for which a review may be removed.
func (s *Server) policy(c *gin.Context) {
	reasons, err := s.app.Desk.Reasons(c.Request.Context())
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.PolicyPage{Page: s.page(c, "Policy"), Never: neverReasons()}
	for _, r := range reasons {
		page.Reasons = append(page.Reasons, reasonOf(r))
		page.Version = max(page.Version, r.Version)
		if page.Since.Before(r.ValidFrom) {
			page.Since = r.ValidFrom
		}
	}
	s.show(c, http.StatusOK, page)
}

func (s *Server) reasons(c *gin.Context) ([]web.Reason, error) {
	all, err := s.app.Desk.Reasons(c.Request.Context())
	out := make([]web.Reason, 0, len(all))
	for _, r := range all {
		out = append(out, reasonOf(r))
	}
	return out, err
}

func reasonOf(r moderation.Reason) web.Reason {
	out := web.Reason{Code: r.Code, Meaning: r.Meaning, Policy: r.ReasonCode.Policy, Needs: r.Needs(), Remedy: r.Remedy, Legal: legal(r)}
	for _, kind := range r.AnyOf {
		out.Kinds = append(out.Kinds, web.EvidenceKind(kind))
	}
	out.Remedies = r.Remedies
	for _, l := range r.Labels {
		out.Labels = append(out.Labels, web.Option{Value: l.Code, Label: l.Text})
	}
	return out
}

// legal names what a reason rests on, as the DSA's transparency database and the FTC's rule call it.
func legal(r moderation.Reason) string {
	var parts []string
	if r.DSAGround != "" {
		parts = append(parts, "DSA: "+inWords(r.DSAGround)+", "+inWords(r.DSACategory)+", "+inWords(r.DSAKeyword))
	}
	if r.FTCBasis != "" {
		parts = append(parts, "FTC 16 CFR 465.7: "+r.FTCBasis)
	}
	return strings.Join(parts, " · ")
}

func inWords(code string) string { return strings.ToLower(strings.ReplaceAll(code, "_", " ")) }

func neverReasons() []web.NeverReason {
	var out []web.NeverReason
	for _, n := range moderation.NeverValidReasons() {
		out = append(out, web.NeverReason{Name: n.Title, Why: n.Why})
	}
	return out
}
