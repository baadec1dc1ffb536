package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"evenhand/app"
	"evenhand/handlers"
)

// ServeCmd serves the web pages. Any number of instances run side by side on one PostgreSQL.
type ServeCmd struct {
	Database
	Seal
	LogKey
	Witnesses
	Listen         string   `env:"EVENHAND_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on." placeholder:"HOST:PORT"`
	PublicLog      bool     `name:"public-log" env:"EVENHAND_PUBLIC_LOG" help:"Let anyone read checkpoints of the ledger and tiles of hashes, without an account. Entries never."`
	Dev            bool     `env:"EVENHAND_DEV" help:"Show /design, what the pages are made of, to whoever works on them."`
	TrustedProxies []string `name:"trusted-proxies" env:"EVENHAND_TRUSTED_PROXIES" help:"Addresses whose X-Forwarded-For is believed." placeholder:"CIDR"`
}

// Run serves until it is told to stop.
func (c *ServeCmd) Run(ctx context.Context, stderr Stderr) error {
	keys, err := c.keys()
	if err != nil {
		return err
	}
	o := app.Options{LogKeys: keys}
	if o.Witnesses, o.Quorum, err = c.endpoints(); err != nil {
		return err
	}
	return withSealed(ctx, c.Database, c.Seal, o, func(a *app.App) error { return c.serve(ctx, a, stderr) })
}

func (c *ServeCmd) serve(ctx context.Context, a *app.App, stderr Stderr) error {
	for _, w := range warnings(ctx, a.DB) {
		slog.Warn(w)
	}
	fmt.Fprintf(stderr, "evenhand: http://%s\n", c.Listen)
	return serve(ctx, a, c.Listen, handlers.Options{TrustedProxies: c.TrustedProxies, Sequenced: true, PublicLog: c.PublicLog, Dev: c.Dev})
}

const (
	sweepEvery = time.Minute
	drain      = 20 * time.Second
)

// serve answers requests, numbers the ledger's entries and sweeps until ctx ends, and then lets running requests finish.
func serve(ctx context.Context, a *app.App, listen string, o handlers.Options) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	o.Closing = ctx.Done()
	h, err := handlers.New(a, o)
	if err != nil {
		return err
	}
	listener, err := listenOn(ctx, listen)
	if err != nil {
		return err
	}
	if strings.HasPrefix(listener.Addr().String(), "[::]") {
		slog.Warn("listening on every address; put a TLS proxy before it")
	}
	srv := &http.Server{Handler: h}
	handlers.Timeouts(srv)
	go sweep(ctx, a)
	go keepBoards(ctx, a)
	go a.Sequencer.Run(ctx)
	go a.Cosigner.Run(ctx)
	return answer(ctx, srv, listener)
}

func listenOn(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}

// answer serves until ctx ends, and then lets running requests finish.
func answer(ctx context.Context, srv *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := srv.Shutdown(bounded); err != nil {
		return fmt.Errorf("stopping: %w", err)
	}
	return nil
}

// keepBoards computes the boards that have become old, beside the sweeps: one of a large desk takes a while.
func keepBoards(ctx context.Context, a *app.App) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if _, err := a.Board.Keep(ctx); err != nil && ctx.Err() == nil {
			slog.Error("board", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweep ends overdue proposals and sees to the draws, every minute. What fails is tried again a minute later.
func sweep(ctx context.Context, a *app.App) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if n, err := a.Engine.Expire(ctx); err != nil && ctx.Err() == nil {
			slog.Error("expiry", "error", err.Error())
		} else if n > 0 {
			slog.Info("expiry", "expired", n)
		}
		if s, err := a.Desk.SweepDraws(ctx); err != nil && ctx.Err() == nil {
			slog.Error("draws", "error", err.Error())
		} else if s.Any() {
			slog.Info("draws", "committed", s.Committed, "revealed", s.Revealed, "reassigned", s.Reassigned)
		}
		if n, err := a.Desk.SweepFiles(ctx); err != nil && ctx.Err() == nil {
			slog.Error("files", "error", err.Error())
		} else if n > 0 {
			slog.Info("files", "swept", n)
		}
		if n, err := a.State.Sweep(ctx); err != nil && ctx.Err() == nil {
			slog.Error("appeals", "error", err.Error())
		} else if n > 0 {
			slog.Info("appeals", "drawn", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
