package handlers_test

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func TestHistoriesOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		evil := s.NewSeller(t, "=cmd|' /C calc'!A0")
		if err := s.DB.Exec("UPDATE sellers SET name = ? WHERE id = ?", `@SUM(1+1)"><script>alert(1)</script>`, evil.ID).Error; err != nil {
			t.Fatal(err)
		}
		s.Review(t, evil, 1)
		moor, sand := s.Person(t, "moor", models.RoleModerator), s.Person(t, "sand", models.RoleSupervisor)
		p := s.Ask(t, moor)
		if err := s.Approve(t.Context(), sand, p); err != nil {
			t.Fatal(err)
		}
		dale, vera := s.as(t, s.Person(t, "dale", models.RoleAuditor)), s.as(t, s.Person(t, "vera", models.RoleInvestigator))
		base := "/m/" + apptest.Market
		pages := []string{"/removals", "/removals/compare", "/sellers/" + evil.ID, "/moderators/" + moor.ID, "/approvers/" + sand.ID, "/pairs/" + moor.ID + "/" + sand.ID, "/filters"}

		t.Run("who may", func(t *testing.T) {
			for role, b := range map[string]*browser{"auditor": dale, "investigator": vera, "moderator": s.as(t, moor), "supervisor": s.as(t, sand), "administrator": s.as(t, s.Person(t, "adam", models.RoleAdministrator))} {
				want := http.StatusForbidden
				if role == "auditor" || role == "investigator" {
					want = http.StatusOK
				}
				for _, path := range pages {
					if a := b.get(base + path); a.status != want {
						t.Errorf("%s gets %d at %s, want %d", role, a.status, path, want)
					} else if strings.Contains(a.body, "<script>alert") {
						t.Errorf("%s: a name left its place", path)
					}
				}
				for _, kind := range []string{"csv", "jsonl"} {
					if a := b.get(base + "/removals." + kind); (a.status == http.StatusOK) != (role == "auditor") {
						t.Errorf("%s gets %d for the %s", role, a.status, kind)
					}
				}
			}
		})
		t.Run("what makes no sense is named, and all else kept", func(t *testing.T) {
			a := dale.get(base + "/removals?stars=7&from=yesterday&seller=Shop+seller-1&to=2026-01-02&colour=red&moderator=x")
			a.wants(t, http.StatusUnprocessableEntity, "Stars are a whole number", "Write the day as", "colour", "no such person", `value="Shop seller-1"`, `value="2026-01-02"`)
			dale.get(base+"/removals?page=zzz").wants(t, http.StatusUnprocessableEntity, "broken")
			dale.get(base+"/removals?page=a1_"+models.NewID()).wants(t, http.StatusUnprocessableEntity, "no such place")
			dale.get(base+"/removals/compare?from=2026-01-02").wants(t, http.StatusUnprocessableEntity, "Choose a day", `value="2026-01-02"`)
			dale.get(base+"/removals/compare?preset=8").wants(t, http.StatusUnprocessableEntity, "7, 30 or 90")
			dale.get(base+"/removals/compare?from=2026-01-02&to=2026-01-10&before_from=2026-01-05&before_to=2026-01-06").wants(t, http.StatusUnprocessableEntity, "overlap")
			dale.get(base+"/sellers/"+evil.ID+"?asof=2999-01-01").wants(t, http.StatusUnprocessableEntity, "still to come")
			dale.get(base+"/removals.csv?stars=7").wants(t, http.StatusUnprocessableEntity, "Stars")
			dale.get(base+"/sellers/x").wants(t, http.StatusNotFound)
			dale.get(base+"/moderators/"+models.NewID()).wants(t, http.StatusNotFound)
		})
		t.Run("a filter is kept, renamed and deleted", func(t *testing.T) {
			dale.post(base+"/filters", "query", "state=effective", "name", "").wants(t, http.StatusUnprocessableEntity, "Give it a name", `value="state=effective"`)
			dale.post(base+"/filters", "query", "state=gone", "name", "x").wants(t, http.StatusUnprocessableEntity, "There is no state")
			to := dale.post(base+"/filters", "query", "state=effective", "name", "<b>Mine</b>", "shared", "yes")
			if to.status != http.StatusSeeOther || to.location != base+"/removals?state=effective" {
				t.Fatalf("%d %s", to.status, to.location)
			}
			dale.get(base+"/removals").wants(t, http.StatusOK, "&lt;b&gt;Mine")
			var id string
			if err := s.DB.Raw("SELECT id FROM saved_filters").Scan(&id).Error; err != nil {
				t.Fatal(err)
			}
			vera.get(base+"/filters").wants(t, http.StatusOK, "by <bdi>dale</bdi>")
			vera.post(base+"/filters/"+id+"/delete").wants(t, http.StatusNotFound)
			dale.post(base+"/filters/"+id+"/rename", "name", strings.Repeat("x", 81)).wants(t, http.StatusUnprocessableEntity, "at most 80")
			dale.post(base+"/filters/"+id+"/rename", "name", "Other").wants(t, http.StatusSeeOther)
			dale.post(base+"/filters/"+id+"/delete").wants(t, http.StatusSeeOther)
		})
		t.Run("files", func(t *testing.T) {
			if err := s.Sequencer.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			a := dale.get(base + "/removals.csv?seller=" + evil.ID)
			a.wants(t, http.StatusOK)
			wholeCSV(t, a.body, 1)
			if strings.Contains(a.body, ",@SUM") || !strings.Contains(a.body, "'@SUM") || !strings.Contains(a.body, "effective") {
				t.Errorf("a formula got out, or no state:\n%s", a.body)
			}
			if got := a.header.Get("Content-Disposition"); !strings.Contains(got, `filename="removals-olist-`) {
				t.Errorf("Content-Disposition %q", got)
			}
			a = dale.get(base + "/removals.jsonl")
			a.wants(t, http.StatusOK)
			wholeJSONL(t, a.body, 1)
			wholeCSV(t, dale.get(base+"/removals.csv?state=void").body, 0)
		})
	})
}

// wholeCSV holds a file against its own last line.
func wholeCSV(t *testing.T, body string, rows int) {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	last := records[len(records)-1]
	sum := sha256.Sum256([]byte(body[:strings.LastIndex(body, "end-of-export")]))
	if last[0] != "end-of-export" || last[2] != hex.EncodeToString(sum[:]) || len(records) != rows+2 {
		t.Errorf("the file doesn't end as it should: %d records, %q", len(records), last)
	}
}

func wholeJSONL(t *testing.T, body string, rows int) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(body), "\n")
	var end struct {
		End, SHA256 string
		Rows        int
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(strings.Join(lines[:len(lines)-1], "\n") + "\n"))
	if end.End != "end-of-export" || end.Rows != rows || len(lines) != rows+2 || end.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("the file doesn't end as it should: %s", lines[len(lines)-1])
	}
}
