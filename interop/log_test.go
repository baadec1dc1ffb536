package interop

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/handlers"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/staff"
)

// served is a log of so many entries, as a server has it.
type served struct {
	*apptest.World
	url   string
	token string // of an auditor of every marketplace
}

func serve(t *testing.T, db *dbtest.DB, entries int) *served {
	t.Helper()
	s := &served{World: apptest.New(t, db)}
	s.grow(t, entries)
	auditor := s.PersonIn(t, models.AllMarketplaces, "auditor", models.RoleAuditor)
	_, token, err := s.Staff.AddToken(t.Context(), models.Command("staff"), staff.NewToken{Email: auditor.Name + "@example.test", Name: "interop", Days: 1})
	must(t, err)
	s.token = token
	must(t, s.Sequencer.Drain(t.Context()))
	h, err := handlers.New(s.App, handlers.Options{Log: slog.New(slog.DiscardHandler), PublicLog: true})
	must(t, err)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

func (s *served) grow(t *testing.T, entries int) {
	t.Helper()
	for range entries {
		e := &ledger.Entry{Act: "record.read", SubjectType: "ledger", SubjectID: "log"}
		must(t, s.Ledger.Act(t.Context(), models.Command("test"), e, func(*gorm.DB) error { return nil }))
	}
	must(t, s.Sequencer.Drain(t.Context()))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Tessera's client checks the signature, an inclusion proof of every entry it looks at, and consistency over growth.
func TestTesseraReadsTheLog(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := serve(t, db, 900)
		ctx := t.Context()
		root, err := url.Parse(s.url + "/ledger/")
		must(t, err)
		fetch, err := client.NewHTTPFetcher(root, nil)
		must(t, err)
		fetch.SetAuthorizationHeader("Bearer " + s.token)
		verifier, err := note.NewVerifier(s.Log.Public().Lines[0])
		must(t, err)

		old, _, _, err := client.FetchCheckpoint(ctx, fetch.ReadCheckpoint, verifier, s.Log.Public().Origin)
		must(t, err)
		builder, err := client.NewProofBuilder(ctx, old.Size, fetch.ReadTile)
		must(t, err)
		checked := 0
		for n := uint64(0); n*256 < old.Size; n++ {
			bundle, err := client.GetEntryBundle(ctx, fetch.ReadEntryBundle, n, old.Size)
			must(t, err)
			for i, body := range bundle.Entries {
				index := n*256 + uint64(i)
				if index%7 != 0 && index+3 < old.Size {
					continue
				}
				path, err := builder.InclusionProof(ctx, index)
				must(t, err)
				must(t, proof.VerifyInclusion(rfc6962.DefaultHasher, index, old.Size, rfc6962.DefaultHasher.HashLeaf(body), path, old.Hash))
				checked++
			}
		}
		if checked < 100 {
			t.Errorf("%d entries checked", checked)
		}

		s.grow(t, 300)
		now, _, _, err := client.FetchCheckpoint(ctx, fetch.ReadCheckpoint, verifier, s.Log.Public().Origin)
		must(t, err)
		if builder, err = client.NewProofBuilder(ctx, now.Size, fetch.ReadTile); err != nil {
			t.Fatal(err)
		}
		path, err := builder.ConsistencyProof(ctx, old.Size, now.Size)
		must(t, err)
		must(t, proof.VerifyConsistency(rfc6962.DefaultHasher, old.Size, now.Size, path, old.Hash, now.Hash))
	})
}

// httpTiles is a log over HTTP as x/mod's reader of tiles.
type httpTiles struct {
	ctx context.Context
	url string
}

func (httpTiles) Height() int                       { return 8 }
func (httpTiles) SaveTiles([]tlog.Tile, [][]byte)   {}
func (h httpTiles) get(path string) ([]byte, error) { return get(h.ctx, h.url+path, "") }
func (h httpTiles) path(t tlog.Tile) string {
	return strings.Replace(t.Path(), "tile/8/", "/ledger/tile/", 1)
}
func (h httpTiles) read(t tlog.Tile) ([]byte, error) { return h.get(h.path(t)) }
func (h httpTiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, w := range wanted {
		data, err := h.read(w)
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}

func get(ctx context.Context, address, token string) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", address, res.Status)
	}
	return io.ReadAll(res.Body)
}

// The reader of Go's own checksum database proves from our tiles, at an old size too.
func TestGosChecksumReaderReadsTheLog(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := serve(t, db, 700)
		tiles := httpTiles{t.Context(), s.url}
		head := func() tlog.Tree {
			b, err := tiles.get("/ledger/checkpoint")
			must(t, err)
			c, err := s.Log.Public().Open(string(b))
			must(t, err)
			return tlog.Tree{N: c.Size, Hash: c.Root}
		}
		old := head()
		reader := tlog.TileHashReader(old, tiles)
		for i := int64(0); i < old.N; i += 13 {
			leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, i)})
			must(t, err)
			path, err := tlog.ProveRecord(old.N, i, reader)
			must(t, err)
			must(t, tlog.CheckRecord(path, old.N, old.Hash, i, leaf[0]))
		}
		s.grow(t, 400)
		now := head()
		path, err := tlog.ProveTree(now.N, old.N, tlog.TileHashReader(now, tiles))
		must(t, err)
		must(t, tlog.CheckTree(path, now.N, now.Hash, old.N, old.Hash))
		if _, err := tlog.ProveRecord(old.N, 5, tlog.TileHashReader(old, tiles)); err != nil {
			t.Errorf("at the old size: %v", err)
		}
	})
}

// Bodies are for auditors, hashes for everybody where the log is public, and what isn't there is not found.
func TestWhoReadsWhat(t *testing.T) {
	t.Parallel()
	s := serve(t, dbtest.SQLite(t), 300)
	moderator := s.PersonIn(t, models.AllMarketplaces, "moderator", models.RoleModerator)
	_, weak, err := s.Staff.AddToken(t.Context(), models.Command("staff"), staff.NewToken{Email: moderator.Name + "@example.test", Name: "curious", Days: 1})
	must(t, err)
	for _, x := range []struct{ path, token, want string }{
		{"/ledger/checkpoint", "", ""},
		{"/ledger/tile/0/000", "", ""},
		{"/ledger/tile/0/000.p/7", "", ""},
		{"/ledger/tile/1/000.p/1", "", ""},
		{"/ledger/tile/entries/000", s.token, ""},
		{"/ledger/tile/entries/000", "", "401"},
		{"/ledger/tile/entries/000", weak, "403"},
		{"/ledger/tile/entries/000", s.token + "x", "401"},
		{"/ledger/tile/0/001", "", "404"},
		{"/ledger/tile/0/x999/x999/x999/x999/x999/x999/999", "", "404"},
		{"/ledger/tile/63/000", "", "404"},
		{"/ledger/tile/0/000.p/256", "", "404"},
		{"/ledger/tile/0/../checkpoint", "", "404"},
	} {
		_, err := get(t.Context(), s.url+x.path, x.token)
		if (err == nil) != (x.want == "") || (err != nil && !strings.Contains(err.Error(), x.want)) {
			t.Errorf("%s: %v; want %q", x.path, err, x.want)
		}
	}
	a, err := get(t.Context(), s.url+"/ledger/tile/0/000.p/7", "")
	must(t, err)
	b, err := get(t.Context(), s.url+"/ledger/tile/0/000", "")
	must(t, err)
	if !bytes.Equal(a, b[:7*32]) {
		t.Error("a partial tile isn't the beginning of the full one")
	}
}
