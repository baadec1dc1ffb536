package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"evenhand/witness"
)

// WitnessCmd cosigns the checkpoints of logs, for whoever doesn't want to take a log's word for its history. It needs
// no database, and belongs on a machine of somebody else than the log's.
type WitnessCmd struct {
	State  string        `env:"EVENHAND_WITNESS_STATE" required:"" help:"Folder of the key (witness.key, made when missing), the last checkpoints and the evidence." placeholder:"DIR"`
	Log    []string      `env:"EVENHAND_WITNESS_LOG" required:"" help:"Verifier key of a log to witness; ORIGIN VKEY when the key isn't named for the log's origin." placeholder:"VKEY"`
	Listen string        `env:"EVENHAND_WITNESS_LISTEN" help:"Address to take checkpoints on, such as 127.0.0.1:8099." placeholder:"HOST:PORT"`
	Follow string        `env:"EVENHAND_WITNESS_FOLLOW" help:"Watch the log at this URL; needs no open port." placeholder:"URL"`
	Every  time.Duration `env:"EVENHAND_WITNESS_EVERY" default:"10s" help:"How often to look at the log that is followed."`
	Name   string        `env:"EVENHAND_WITNESS_NAME" help:"Name of the key; for a new one HOSTNAME/witness when none is given." placeholder:"NAME"`
}

// Validate is called by kong.
func (c *WitnessCmd) Validate() error {
	if c.Listen == "" && c.Follow == "" {
		return errors.New("--listen or --follow must be given")
	}
	return nil
}

// Run witnesses until it is told to stop. A log that is followed and misbehaves ends it with an error.
func (c *WitnessCmd) Run(ctx context.Context, out io.Writer) error {
	w, err := c.open()
	if err != nil {
		return fmt.Errorf("witness: %w", err)
	}
	defer w.Close() //nolint:errcheck // the process ends
	if _, err := fmt.Fprintln(out, w.Key()); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	parts := 0
	ended := make(chan error, 2)
	start := func(part func() error) {
		parts++
		go func() { ended <- part() }()
	}
	if c.Listen != "" {
		start(func() error { return c.serve(ctx, w) })
	}
	if c.Follow != "" {
		start(func() error { return w.Follow(ctx, c.Follow, c.Every) })
	}
	for range parts { // the first that ends ends the other
		err = errors.Join(err, <-ended)
		stop()
	}
	return err
}

func (c *WitnessCmd) open() (*witness.Witness, error) {
	logs, err := witness.ParseLogs(c.Log)
	if err != nil {
		return nil, err
	}
	o := witness.Options{Folder: c.State, Logs: logs, Name: c.Name}
	if w, err := witness.Open(o); c.Name != "" || !errors.Is(err, witness.ErrNoName) {
		return w, err
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("give --name: %w", err)
	}
	o.Name = host + "/witness"
	return witness.Open(o)
}

// serve takes checkpoints until ctx ends.
func (c *WitnessCmd) serve(ctx context.Context, w *witness.Witness) error {
	listener, err := listenOn(ctx, c.Listen)
	if err != nil {
		return err
	}
	srv := &http.Server{
		Handler:           w,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	return answer(ctx, srv, listener)
}
