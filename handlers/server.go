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
