// Package handlers is the only package that knows gin: it reads requests, calls what they ask for and renders the
// outcome. Nothing is decided here; who may do what is settled in the packages it calls.
package handlers

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"evenhand/app"
	"evenhand/web"
)

// Options of the server.
type Options struct {
	Log *slog.Logger // nil: slog.Default
	// DemoAccounts are shown under the sign-in form; only the demo has any.
	DemoAccounts []web.DemoAccount
	// Sequenced says that this process runs the sequencer: the answer to an act then waits a moment for its checkpoint.
	Sequenced bool
	// PublicLog lets anyone read checkpoints and tiles of hashes.
	PublicLog bool
	// TrustedProxies are the addresses whose X-Forwarded-For is believed; none by default.
	TrustedProxies []string
	// Closing, when it is closed, ends answers that otherwise go on, so that the server can stop. nil: never.
	Closing <-chan struct{}
	// Dev shows /design, where whoever works on the pages sees every part in every state.
	Dev bool
}

// Server holds what handlers need. It keeps nothing between requests.
type Server struct {
	app   *app.App
	pages *web.Renderer
	log   *slog.Logger
	demo  []web.DemoAccount
	stats *metrics

	hub     *hub
	closing <-chan struct{}

	await, publicLog, dev bool
}

// New makes the product's HTTP handler.
func New(a *app.App, o Options) (http.Handler, error) {
	pages, err := web.New()
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	pages.Now = a.Now
	s := &Server{app: a, pages: pages, log: o.Log, demo: o.DemoAccounts, stats: newMetrics(), await: o.Sequenced, publicLog: o.PublicLog, dev: o.Dev, closing: o.Closing}
	s.hub = newHub(a, o.Log)
	s.stats.streams(s.hub.open)
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	if err := r.SetTrustedProxies(o.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	r.Use(s.identify, s.observe, s.recover, secure, limitBody, noCrossOrigin())
	s.routes(r)
	return r, nil
}

// routes is the map of the product: every page and every act has its one address here.
func (s *Server) routes(r *gin.Engine) {
	r.NoRoute(s.notFound)
	r.NoMethod(s.wrongMethod)
	r.GET("/healthz", s.healthz)
	r.GET("/readyz", s.readyz)
	r.GET("/metrics", gin.WrapH(promhttp.HandlerFor(s.stats.registry, promhttp.HandlerOpts{})))
	r.GET("/static/*file", gin.WrapH(web.StaticHandler()))
	r.HEAD("/static/*file", gin.WrapH(web.StaticHandler()))
	r.GET("/sign-in", s.signInPage)
	r.POST("/sign-in", s.signIn)
	r.POST("/language", s.chooseLanguage)

	if s.dev {
		r.GET("/design", s.design)
	}

	author := r.Group("/s/:token", private)
	author.GET("", s.statement)
	author.POST("/appeal", s.fileAppeal)

	log := r.Group("/ledger", s.logReader)
	log.GET("/checkpoint", s.checkpoint)
	log.GET("/tile/*path", s.tile)

	in := r.Group("/", s.signedIn)
	in.GET("/", s.home)
	in.POST("/sign-out", s.signOut)
	in.GET("/people", s.people)
	in.GET("/preferences", s.preferencesPage)
	in.POST("/preferences", s.prefer)

	m := in.Group("/m/:market", s.inMarket)
	m.GET("/desk", s.desk)
	m.POST("/desk/next", s.next)
	m.GET("/tickets/:id", s.ticket)
	m.POST("/tickets/:id/keep", s.keep)
	m.POST("/tickets/:id/remove", s.request)
	m.POST("/tickets/:id/check", s.check)
	m.GET("/tickets/:id/set", s.gather)
	m.POST("/tickets/:id/set", s.changeSet)
	m.GET("/tickets/:id/files/:file", s.ownFile)
	m.GET("/tickets/:id/files/:file/preview", s.ownPreview)
	m.POST("/tickets/:id/skip", s.skip)
	m.POST("/tickets/:id/release", s.release)
	m.POST("/tickets/:id/escalate", s.escalate)
	m.POST("/shift", s.sayShift)
	m.POST("/tickets/:id/lease", s.lease)
	m.POST("/tickets/:id/hold", s.placeHold)
	m.GET("/holds", s.holds)
	m.POST("/holds/:id/lift", s.liftHold)
	m.POST("/tickets/:id/unmask", s.unmaskTicket)
	m.GET("/break", s.breakPage)
	m.POST("/break", s.takeBreak)
	m.GET("/jump", s.jump)
	m.GET("/live", s.live)
	m.GET("/templates", s.templates)
	m.POST("/templates", s.saveTemplate)
	m.POST("/templates/:id/delete", s.deleteTemplate)
	m.GET("/requests", s.requests)
	m.GET("/approvals", s.inbox)
	m.GET("/proposals/:id", s.proposal)
	m.GET("/proposals/:id/set", s.setList)
	m.GET("/proposals/:id/evidence/:item", s.evidencePiece)
	m.GET("/proposals/:id/evidence/:item/preview", s.evidencePreview)
	m.POST("/proposals/:id/approve", s.approve)
	m.POST("/proposals/:id/decline", s.decline)
	m.POST("/proposals/:id/withdraw", s.withdraw)
	m.POST("/proposals/:id/hand-back", s.handBack)
	m.POST("/proposals/:id/evidence/:item", s.openEvidence)
	m.POST("/proposals/:id/unmask", s.unmaskRequest)
	m.POST("/proposals/:id/question", s.askBack)
	m.POST("/proposals/:id/answer", s.answer)
	m.GET("/removals", s.removals)
	m.GET("/removals.csv", s.exportCSV)
	m.GET("/removals.jsonl", s.exportJSONL)
	m.GET("/removals/compare", s.compare)
	m.GET("/sellers/:id", s.sellerPage)
	m.GET("/moderators/:id", s.moderatorPage)
	m.GET("/approvers/:id", s.approverPage)
	m.GET("/pairs/:requester/:approver", s.pairPage)
	m.GET("/filters", s.filters)
	m.POST("/filters", s.saveFilter)
	m.POST("/filters/:id/rename", s.renameFilter)
	m.POST("/filters/:id/delete", s.deleteFilter)
	m.GET("/reviews/:id", s.review)
	m.POST("/reviews/:id/restore", s.restore)
	m.POST("/reviews/:id/test", s.testWith)
	m.GET("/looks", s.looks)
	m.GET("/statements", s.statements)
	m.GET("/statements/:id", s.statementText)
	m.GET("/appeals", s.appeals)
	m.GET("/appeals/:id", s.appeal)
	m.POST("/appeals/:id/answer", s.answerAppeal)
	m.POST("/appeals/:id/hand-back", s.handBackAppeal)
	m.GET("/dsa.jsonl", s.dsaExport)
	m.GET("/neutrality", s.neutrality)
	m.GET("/neutrality.csv", s.neutralityCSV)
	m.GET("/erasures", s.erasures)
	m.POST("/erasures", s.askErasure)
	m.GET("/erasures/:id", s.erasure)
	m.POST("/erasures/:id/approve", s.approveErasure)
	m.POST("/erasures/:id/decline", s.declineErasure)
	m.POST("/erasures/:id/withdraw", s.withdrawErasure)
	m.GET("/settings", s.settings)
	m.POST("/settings", s.askSettings)
	m.GET("/settings/:id", s.settingsRequest)
	m.POST("/settings/:id/approve", s.approveSettings)
	m.POST("/settings/:id/decline", s.declineSettings)
	m.POST("/settings/:id/withdraw", s.withdrawSettings)
	m.GET("/routing", s.routing)
	m.GET("/routing/edit", s.editRouting)
	m.POST("/routing/edit", s.changeRouting)
	m.GET("/routing/requests/:id", s.routingAsk)
	m.POST("/routing/requests/:id/approve", s.approveRouting)
	m.POST("/routing/requests/:id/decline", s.declineRouting)
	m.POST("/routing/requests/:id/withdraw", s.withdrawRouting)
	m.GET("/routing/tickets/:id", s.routed)
	m.GET("/board", s.board)
	m.GET("/board/:moderator/:seller", s.pair)
	m.GET("/interests", s.interests)
	m.POST("/interests", s.declareInterest)
	m.POST("/interests/:id/end", s.endInterest)
	m.GET("/policy", s.policy)
	m.GET("/record", s.record)
	m.GET("/record/:id", s.entry)
	m.GET("/log", s.logPage)
	m.GET("/log/consistency", s.consistency)
	m.POST("/log/export", s.exportLedger)
}

// metrics are what /metrics shows. Routes are labels, never addresses: those carry ids.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "evenhand_http_request_seconds", Help: "Time to answer, by route, method and status.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "method", "status"}),
	}
	m.registry.MustRegister(m.requests)
	return m
}

// streams counts the open streams.
func (m *metrics) streams(open func() int) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "evenhand_live_streams", Help: "Pages that listen for changes now.",
	}, func() float64 { return float64(open()) }))
}

// Timeouts bound how long a client may take; the server that cmd starts uses them.
func Timeouts(srv *http.Server) {
	srv.ReadHeaderTimeout = 10 * time.Second
	srv.ReadTimeout = 30 * time.Second
	srv.WriteTimeout = 10 * time.Minute // an export streams
	srv.IdleTimeout = 2 * time.Minute
	srv.MaxHeaderBytes = 32 << 10
}

// wantsJSON says whether the client asks for data rather than a page.
func wantsJSON(c *gin.Context) bool {
	return strings.Contains(c.GetHeader("Accept"), "json")
}

// forPrograms says whether an answer is read by a program: what stands under /ledger is, whoever asks.
func forPrograms(c *gin.Context) bool {
	return wantsJSON(c) || strings.HasPrefix(c.Request.URL.Path, "/ledger/")
}
