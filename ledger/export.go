package ledger

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// An export is the whole log as lines of JSON: a head, then each entry's body exactly as it was hashed, and after the
// entries that it covers each checkpoint. The last line is the newest checkpoint: its signature is the export's.
const exportFormat = "evenhand-ledger-1"

type exportHead struct {
	Format string    `json:"format"`
	Origin string    `json:"origin"`
	Keys   []string  `json:"keys"`
	Size   int64     `json:"size"`
	At     time.Time `json:"at"`
}

type exportedCheckpoint struct {
	Size         int64     `json:"size"`
	At           time.Time `json:"at"`
	Note         string    `json:"note"`
	Cosignatures []string  `json:"cosignatures,omitempty"`
}

const checkpointLine = `{"checkpoint":`

// Export writes the log up to its newest checkpoint and returns how many entries that are. It holds nothing in memory
// but a page.
func (l *Log) Export(ctx context.Context, to io.Writer, at time.Time) (int64, error) {
	out := bufio.NewWriterSize(to, 1<<16)
	var size int64
	err := models.Snapshot(ctx, l.db, func(tx *gorm.DB) error {
		last, err := lastCheckpoint(tx)
		if err != nil {
			return err
		}
		if last.Size == 0 {
			return models.E(models.NotFound, "empty_log", "There is no checkpoint yet, so there is nothing to export.")
		}
		size = last.Size
		head := exportHead{exportFormat, l.public.Origin, l.public.Lines, last.Size, at}
		if err := writeLine(out, head); err != nil {
			return err
		}
		for from := int64(0); from < last.Size; from += pageSize {
			if err := exportPage(tx.WithContext(ctx), out, from); err != nil {
				return err
			}
		}
		return out.Flush()
	})
	return size, models.Translate(err)
}

func exportPage(tx *gorm.DB, out *bufio.Writer, from int64) error {
	p := readPage(tx, from)
	if p.err != nil {
		return p.err
	}
	for i, leaf := range p.leaves {
		if leaf.entry == nil {
			return fmt.Errorf("entry number %d is missing; `evenhand verify` says more", from+int64(i))
		}
		if _, err := out.WriteString(leaf.entry.Body + "\n"); err != nil {
			return err
		}
		for len(p.checkpoints) > 0 && p.checkpoints[0].Size == from+int64(i)+1 {
			c := exportedCheckpoint{Size: p.checkpoints[0].Size, At: p.checkpoints[0].At.UTC(), Note: p.checkpoints[0].Note}
			if err := tx.Model(&models.LedgerCosignature{}).Where("size = ?", c.Size).Order("witness").Pluck("line", &c.Cosignatures).Error; err != nil {
				return err
			}
			if err := writeLine(out, map[string]any{"checkpoint": c}); err != nil {
				return err
			}
			p.checkpoints = p.checkpoints[1:]
		}
	}
	return nil
}

func writeLine(out io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = out.Write(append(b, '\n'))
	return err
}

// VerifyExport is Verify for an export: entries, tree and checkpoints, and the rules over the entries. There is no
// database in it whose state could be held against them.
func VerifyExport(ctx context.Context, from io.Reader, trusted Trusted) (Result, error) {
	var r Result
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 0, 1<<16), 1<<20)
	head, err := readHead(lines)
	if err != nil {
		return r, err
	}
	w := walk{public: trusted.Public, rules: trusted.Rules}
	if r.Disagreement = w.hold(trusted.Checkpoint, head.Size); r.Disagreement != "" {
		return r, nil
	}
	for n := 2; lines.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		if finding := w.line(lines.Text()); finding != "" {
			r.Disagreement = fmt.Sprintf("line %d: %s", n, finding)
			return r, nil
		}
	}
	if err := lines.Err(); err != nil {
		return r, fmt.Errorf("reading the export: %w", err)
	}
	r.Entries, r.Checkpoints = w.tree.size, w.checkpoints
	if w.signedSize != head.Size {
		r.Disagreement = fmt.Sprintf("the export is cut short: it has %d entries under checkpoints, and its head says %d", w.signedSize, head.Size)
		return r, nil
	}
	r.Disagreement = w.end(models.LedgerCheckpoint{Size: head.Size})
	return r, nil
}

func readHead(lines *bufio.Scanner) (exportHead, error) {
	var head exportHead
	if !lines.Scan() {
		return head, errors.Join(errors.New("not an export of a ledger: it is empty"), lines.Err())
	}
	if err := json.Unmarshal(lines.Bytes(), &head); err != nil || head.Format != exportFormat {
		return head, fmt.Errorf("not an export of a ledger: its first line doesn't say %q", exportFormat)
	}
	return head, nil
}

// line goes over one line of an export, which is a stretch of the log of its own.
func (w *walk) line(text string) string {
	if !strings.HasPrefix(text, checkpointLine) {
		e, err := entryOf(text)
		if err != nil {
			return err.Error()
		}
		l := leafRow{idx: w.tree.size, id: e.ID, hash: e.Hash, entry: &e}
		return w.page(page{from: w.tree.size, leaves: []leafRow{l}, unstored: true})
	}
	var said struct{ Checkpoint exportedCheckpoint }
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		return "not a checkpoint: " + err.Error()
	}
	c := models.LedgerCheckpoint{Size: said.Checkpoint.Size, At: said.Checkpoint.At, Note: said.Checkpoint.Note}
	opened, err := w.public.Open(c.Note)
	if err == nil {
		c.Root = opened.Root[:]
	}
	if c.Size != w.tree.size {
		return fmt.Sprintf("a checkpoint of %d entries after %d: some are missing, or were inserted", c.Size, w.tree.size)
	}
	return w.checkpoint(c, signed{opened, err})
}

// entryOf makes an entry of its body alone.
func entryOf(body string) (models.LedgerEntry, error) {
	b, err := ParseBody(body)
	if err != nil {
		return models.LedgerEntry{}, fmt.Errorf("not an entry: %w", err)
	}
	at, err := time.Parse(timeFormat, b.At)
	if err != nil {
		return models.LedgerEntry{}, fmt.Errorf("not an entry: its time %q isn't one", b.At)
	}
	return models.LedgerEntry{
		ID: b.ID, MarketplaceID: b.Marketplace, At: at, ActorKind: b.Actor.Kind, ActorID: b.Actor.ID, Act: b.Act,
		SubjectType: b.Subject.Type, SubjectID: b.Subject.ID, Outcome: b.Outcome, Code: b.Code, Body: body, Hash: LeafHash([]byte(body)),
	}, nil
}
