// Package favor finds whom a review desk's removals favour: for each pair of
// people (or of a person and a group of sellers) it compares what was removed
// with what the same work would have produced in other hands, shrinks small
// numbers, corrects for the number of pairs looked at, and ranks the pairs by
// the evidence. A result is a question for an auditor, never a verdict.
//
// The package is pure: decisions or counts in, a Report out. It opens no
// database, knows no HTTP and imports nothing from the project. The same input
// gives the same output to the last digit, in whatever order it comes.
//
// # Use
//
//	report, err := favor.Analyze(favor.All(decisions), favor.Options{By: favor.ModeratorSeller})
//	for _, c := range report.Cells { // highest score first
//		fmt.Println(c.Row, c.Col, c.Observed, c.Expected, c.EB05, c.Alarm)
//	}
//
// From a file, streaming and without holding the decisions:
//
//	report, err := favor.Analyze(favor.ReadDecisions(file, "history.csv.gz"), favor.Options{})
//
// From a table of counts, with a fit or at a given Theta:
//
//	report, err := favor.AnalyzeCounts(favor.ReadCounts(file, "counts.csv"), favor.CountOptions{})
//
// The parts stand alone, too: Theta.Score shrinks one count, Fit estimates a
// Theta, Funnel gives the limits of a funnel plot, FalseDiscovery the q-values,
// Looks the decisions to have decided again, blind, by another moderator. Print
// writes a Report as CSV, JSON or a table for people.
//
// # What a cell compares
//
// Who is judged by what depends on By (see there). In short: a moderator by
// what they asked for (Decision.Action), whatever became of it, because the
// second person's corrections hide the first one's choices; an approver by the
// requests they got and let through. Where ratings are known only negative
// reviews count (Options.NegativeAtMost); a review of unknown rating counts.
//
// From classesFrom decisions on, moderators with sellers or groups are compared
// by a model of two kinds of review (classes.go, docs/statistics.md): Expected
// and P come from it, Alarm from closed e-BH over LogE (Discoveries), Score from
// the log odds whose parts are in Parts, and Report.Circles are groups nobody had
// named. Triads adds the approvers; Monitor watches reports over time. What
// follows is for smaller desks and the other tables.
//
// Expected comes from a logistic model with partial pooling (baseline.go): the
// stratum (marketplace and queue; within it rating and band of content score,
// where known), the row's own strictness, overall and by queue, and the
// column's own level. Every effect is a Gaussian deviation whose variance is
// estimated from the desk at hand, so that a thin stratum borrows from the
// rest. A cell is predicted with its own decisions taken out (leaveout.go), so
// that a favour isn't part of its own baseline; a merely strict moderator is
// compared with their own strictness elsewhere, a specialist with their queue
// and with others on the same sellers.
//
// P is the chance of at least Observed under that prediction, taken over the
// uncertainty of the prediction and over Report.Spread, the honest spread
// between cells (spread.go). Q is the Benjamini–Hochberg q-value over all cells
// of the table; where approvers share out the same requests it carries
// Benjamini and Yekutieli's factor for dependent tests. Alarm is
// Q ≤ Options.FDR: no other threshold decides.
//
// Score, by which cells are sorted, is −log10 of the same chance without the
// honest spread: evidence, not size. It doesn't fall when another of a cell's
// reviews is removed: a cell that is a large part of its queue is predicted from
// a fit that never saw it, and elsewhere its traces in the levels of whole
// queues weigh less than the removal itself. For the size show EBGM (a shrunk
// ratio, theta.go) with EB05 and EB95, which don't depend on Score.
//
// # Errors
//
// Unknown or malformed values are an *InputError with file, line, column and
// value. A desk with nothing to compare is an error that says so; one that can
// only be compared in part gives a Report whose Limits say what it couldn't do.
// No number in a Report is NaN or infinite.
package favor
