package handlers

import (
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"evenhand/web"
)

// routes is the map of the product: all ways in, by what they take. Each area has its addresses at the head of the file
// that stands beside it, and every page and every act has one.
func (s *Server) routes(r *gin.Engine) {
	r.NoRoute(s.notFound)
	r.NoMethod(s.wrongMethod)

	// nothing
	s.serverRoutes(r)
	s.signInRoutes(r) // signin.go

	// a link, or a token
	s.authorRoutes(r.Group("/s/:token", private)) // statement.go
	s.logRoutes(r.Group("/ledger", s.logReader))  // ledger.go

	// an account
	in := r.Group("/", s.signedIn)
	s.ownRoutes(in) // home.go

	// a role in the marketplace
	m := in.Group("/m/:market", s.inMarket)
	s.deskRoutes(m)      // desk.go
	s.holdRoutes(m)      // holds.go
	s.comfortRoutes(m)   // comfort.go
	s.templateRoutes(m)  // templates.go
	s.approvalRoutes(m)  // inbox.go
	s.reviewRoutes(m)    // review.go
	s.statementRoutes(m) // statements.go
	s.historyRoutes(m)   // removals.go
	s.boardRoutes(m)     // board.go
	s.interestRoutes(m)  // interests.go
	s.erasureRoutes(m)   // erasures.go
	s.settingRoutes(m)   // settings.go
	s.routingRoutes(m)   // routing.go
	s.recordRoutes(m)    // record.go
}

// serverRoutes are what a server has that knows nothing yet of who asks.
func (s *Server) serverRoutes(r gin.IRouter) {
	r.GET("/healthz", s.healthz)
	r.GET("/readyz", s.readyz)
	r.GET("/metrics", gin.WrapH(promhttp.HandlerFor(s.stats.registry, promhttp.HandlerOpts{})))
	r.GET("/static/*file", gin.WrapH(web.StaticHandler()))
	r.HEAD("/static/*file", gin.WrapH(web.StaticHandler()))
	if s.dev {
		r.GET("/design", s.design)
	}
}
