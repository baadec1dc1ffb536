// Command evenhand is the gate between a marketplace's review desk and its published reviews. Each of its commands
// is one file here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"evenhand/models"
)

// CLI is all commands. `evenhand help` prints it.
type CLI struct {
	Demo    DemoCmd    `cmd:"" help:"Prepare a synthetic marketplace in a fresh folder and serve it."`
	Serve   ServeCmd   `cmd:"" help:"Serve the web pages."`
	Migrate MigrateCmd `cmd:"" help:"Bring the database to this program's schema, or show or undo migrations."`
	Import  ImportCmd  `cmd:"" help:"Bring in reviews from files."`
	Staff   StaffCmd   `cmd:"" help:"Add, list and disable people; grant and revoke roles."`
	Verify  VerifyCmd  `cmd:"" help:"Hold the ledger against the database and name the first disagreement."`
	Ledger  LedgerCmd  `cmd:"" help:"Keys, state and export of the ledger."`
	Witness WitnessCmd `cmd:"" help:"Cosign a log's checkpoints, as somebody else than its operator."`
	Favor   FavorCmd   `cmd:"" help:"Find whom removals favour, in a file of decisions or counts."`
	Doctor  DoctorCmd  `cmd:"" help:"Look for what is wrong with this installation."`
}

// Exit statuses.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitRejected = 3 // an import that brought in what it could, and rejected rows
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process: arguments in, exit status out.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		args = []string{"--help"}
	}
	if args[0] == "help" {
		args = append(args[1:], "--help")
	}
	var cli CLI
	exit := -1
	parser, err := kong.New(&cli,
		kong.Name("evenhand"),
		kong.Description("Review integrity: nobody removes a rating alone, and everything is on record."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.BindTo(stdout, (*io.Writer)(nil)),
		kong.Bind(Stderr{stderr}),
	)
	if err != nil {
		fmt.Fprintln(stderr, "evenhand:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if exit >= 0 { // help was printed
		return exit
	}
	if err == nil {
		err = checkEnvironment(os.Environ())
	}
	if err != nil {
		fmt.Fprintln(stderr, "evenhand:", err)
		return exitUsage
	}
	return status(command.Run(), stderr)
}

// Stderr is where a command says what isn't its result.
type Stderr struct{ io.Writer }

// status prints an error for people and picks the exit status.
func status(err error, stderr io.Writer) int {
	if err == nil {
		return exitDone
	}
	var own *models.Error
	text := err.Error()
	if errors.As(err, &own) && own.Kind != models.Internal {
		text = own.Detail
		if own.Kind == models.Unavailable && own.Err != nil {
			text += " (" + own.Err.Error() + ")"
		}
	}
	fmt.Fprintln(stderr, "evenhand:", text)
	var rejected *Rejected
	if errors.As(err, &rejected) {
		return exitRejected
	}
	return exitFailed
}
