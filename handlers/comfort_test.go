package handlers_test

import (
	"bytes"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

const base = "/m/" + apptest.Market

// What somebody chooses for themselves is theirs alone, is refused by field, and decides how times are written.
func TestPreferences(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		r := s.Review(t, s.Seller, 1)
		one, two := s.as(t, s.Person(t, "sand", models.RoleSupervisor)), s.as(t, s.Person(t, "silt", models.RoleSupervisor))
		review := base + "/reviews/" + r.ID
		utc := r.PostedAt.UTC().Format("2 January 2006, 15:04 UTC")
		one.get(review).wants(t, http.StatusOK, utc, "Times are in UTC, until you choose")

		all := func(zone string, more ...string) []string {
			return append([]string{"time_zone", zone, "language", "", "media", "grey", "break_after", "45", "undo", "on", "back", review}, more...)
		}
		for field, pairs := range map[string][]string{
			"There is no such time zone":    all("Mars/Olympus"),
			"zone. They are written as":     all("../../etc/passwd"),
			"There is no such language":     {"language", "fr", "break_after", "45"},
			"Choose one of the ways":        {"media", "upside down", "break_after", "45"},
			"From 0 (never) to 480 minutes": {"break_after", "soon"},
		} {
			one.post("/preferences", pairs...).wants(t, http.StatusUnprocessableEntity, field)
		}
		one.post("/preferences", all("Mars/Olympus")...).wants(t, http.StatusUnprocessableEntity, `value="Mars/Olympus"`, `value="45"`, "checked")
		if got := one.post("/preferences", all("Asia/Kathmandu")...); got.status != http.StatusSeeOther || got.location != review {
			t.Fatalf("%d to %q", got.status, got.location)
		}
		if got := one.post("/preferences", "time_zone", "Asia/Kathmandu", "break_after", "0", "back", "//elsewhere.example/x"); got.location != "/" {
			t.Errorf("leads to %q", got.location)
		}
		zone, err := time.LoadLocation("Asia/Kathmandu")
		if err != nil {
			t.Fatal(err)
		}
		there := r.PostedAt.In(zone).Format("2 January 2006, 15:04 MST")
		one.get(review).wants(t, http.StatusOK, there, "Times are in Asia/Kathmandu, as you chose", `data-keys="off"`)
		two.get(review).wants(t, http.StatusOK, utc)
		one.get("/preferences").wants(t, http.StatusOK, `value="Asia/Kathmandu"`)
		var n int64
		if err := s.DB.Raw("SELECT count(*) FROM staff_preferences").Scan(&n).Error; err != nil || n != 1 {
			t.Errorf("%d rows, %v", n, err)
		}
		if got := s.browser(t).post("/preferences", all("UTC")...); got.status == http.StatusSeeOther && got.location == review {
			t.Error("nobody's preferences were kept")
		}
	})
}

// A browser that says where it is decides where nobody chose.
func TestZoneOfTheBrowser(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		b := s.as(t, s.Person(t, "sand", models.RoleSupervisor))
		for cookie, says := range map[string]string{
			"Europe%2FBerlin": "Times are in Europe/Berlin, as your browser says", "Local": "Times are in UTC", "..%2Fx": "Times are in UTC", "": "Times are in UTC",
		} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+base+"/approvals", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.AddCookie(&http.Cookie{Name: "evenhand_zone", Value: cookie})
			b.do(req).wants(t, http.StatusOK, says)
		}
	})
}

const nothing = "Nothing that you may see is called that."

// A jump leads to what somebody may see, and says the same of what there isn't and of what isn't theirs.
func TestJump(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		moor, other := s.Person(t, "moor", models.RoleModerator), s.Person(t, "fen", models.RoleModerator)
		sand, dale := s.Person(t, "sand", models.RoleSupervisor), s.Person(t, "dale", models.RoleAuditor)
		asked := s.Review(t, s.Seller, 1)
		p := s.Ask(t, moor)
		held := s.Review(t, s.Seller, 2)
		mine := s.as(t, moor)
		ticket := strings.TrimPrefix(mine.post(base+"/desk/next").location, base+"/tickets/")
		var entry string
		if err := s.DB.Raw("SELECT id FROM ledger_entries WHERE act = 'ticket.draw' AND marketplace_id = ? ORDER BY id LIMIT 1", apptest.Market).Scan(&entry).Error; err != nil {
			t.Fatal(err)
		}
		request := base + "/proposals/" + p.ID
		who := map[string]*browser{"moor": mine, "fen": s.as(t, other), "sand": s.as(t, sand), "dale": s.as(t, dale)}
		for _, x := range []struct{ who, q, to string }{
			{"moor", ticket, base + "/tickets/" + ticket}, {"moor", ticket[28:], base + "/tickets/" + ticket}, {"moor", p.ID, request},
			{"moor", strings.ToUpper(p.ID), request}, {"moor", p.ID[28:], request}, {"moor", "…" + p.ID[28:], request},
			{"moor", held.ID, ""}, {"moor", held.ExternalID, ""}, {"moor", asked.ID, ""}, {"moor", asked.ExternalID, ""}, {"moor", s.Seller.ExternalID, ""}, {"moor", entry, ""}, {"moor", other.ID, ""},
			{"fen", ticket, ""}, {"fen", ticket[28:], ""}, {"fen", p.ID, ""}, {"fen", p.ID[28:], ""}, {"fen", models.NewID(), ""}, {"fen", "deadbeef", ""}, {"fen", "%", ""}, {"fen", "' OR 1=1 --", ""},
			{"sand", ticket, ""}, {"sand", p.ID, request}, {"sand", asked.ExternalID, base + "/reviews/" + asked.ID + "?by=jump"}, {"sand", s.Seller.ExternalID, ""}, {"sand", entry, ""},
			{"dale", s.Seller.ExternalID, base + "/sellers/" + s.Seller.ID}, {"dale", entry[28:], base + "/record/" + entry}, {"dale", moor.ID, base + "/moderators/" + moor.ID}, {"dale", sand.ID, base + "/approvers/" + sand.ID},
			{"moor", "my req", base + "/requests"}, {"fen", "removals", ""}, {"dale", "Removals", base + "/removals"}, {"dale", "preferences", "/preferences"},
		} {
			got := who[x.who].get(base + "/jump?q=" + escaped(x.q))
			if x.to == "" {
				got.wants(t, http.StatusOK, nothing)
				continue
			}
			if got.status != http.StatusSeeOther || got.location != x.to {
				t.Errorf("%s, %q: %d to %q, want %q", x.who, x.q, got.status, got.location, x.to)
			}
		}
		nobodys := models.NewID() // what was looked for stands in the page, in the way back from choosing a language
		a, b := who["fen"].get(base+"/jump?q="+p.ID), who["fen"].get(base+"/jump?q="+nobodys)
		if neutral(strings.ReplaceAll(a.body, p.ID, nobodys)) != neutral(b.body) {
			t.Error("what isn't theirs looks different from what isn't there")
		}
		who["dale"].get("/m/"+apptest.Other+"/jump?q="+p.ID).wants(t, http.StatusNotFound)
		who["moor"].get(base+"/jump").wants(t, http.StatusOK, "An id, or the name of a page")
		who["moor"].get(base+"/jump?q="+strings.Repeat("x", 500)).wants(t, http.StatusOK, nothing)
		mine.post(base+"/tickets/"+ticket+"/release").wants(t, http.StatusSeeOther)
		mine.get(base+"/jump?q="+ticket).wants(t, http.StatusOK, nothing)

		who["sand"].get(base+"/reviews/"+held.ID+"?by=jump").wants(t, http.StatusOK)
		var body string
		if err := s.DB.Raw("SELECT body FROM ledger_entries WHERE act = 'review.open' AND subject_id = ?", held.ID).Scan(&body).Error; err != nil || !strings.Contains(body, `"how":"search"`) {
			t.Errorf("a review that was found by a jump is on record as %s, %v", body, err)
		}
	})
}

// neutral is a page without what differs from one question to the next.
func neutral(page string) string {
	for {
		i := strings.Index(page, `name="q" value="`)
		if i < 0 {
			return page
		}
		page = page[:i] + page[i+len(`name="q" value="`)+36:]
	}
}

func escaped(s string) string {
	return strings.NewReplacer("%", "%25", " ", "+", "…", "%E2%80%A6", "'", "%27", "=", "%3D").Replace(s)
}

// Templates have their bounds, never hold what is never a reason, and are their owner's or a supervisor's to delete.
func TestTemplates(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		s.Review(t, s.Seller, 1)
		moor, fen := s.as(t, s.Person(t, "moor", models.RoleModerator)), s.as(t, s.Person(t, "fen", models.RoleModerator))
		sand, dale := s.as(t, s.Person(t, "sand", models.RoleSupervisor)), s.as(t, s.Person(t, "dale", models.RoleAuditor))
		at := base + "/templates"
		moor.post(at, "purpose", "justification", "name", "Look-up", "text", "The seller asked us to remove it.").
			wants(t, http.StatusUnprocessableEntity, "never a reason", `value="Look-up"`, "The seller asked us to remove it.")
		moor.post(at, "purpose", "poem", "name", "a\nb", "text", strings.Repeat("x", 2001)).
			wants(t, http.StatusUnprocessableEntity, "Choose what it is for", "one line", "at most 2,000 characters")
		moor.post(at, "purpose", "note", "name", "Mine", "text", "For all.", "shared", "on").wants(t, http.StatusForbidden)
		moor.post(at, "purpose", "justification", "name", "Look-up", "text", "The order look-up finds no order.").wants(t, http.StatusSeeOther)
		sand.post(at, "purpose", "justification", "name", "Ours", "text", "Everybody's words.", "shared", "on").wants(t, http.StatusSeeOther)
		moor.get(at).wants(t, http.StatusOK, "Look-up", "Ours")
		if strings.Contains(fen.get(at).body, "Look-up") {
			t.Error("somebody sees another's own template")
		}
		dale.get(at).wants(t, http.StatusForbidden)
		moor.get(moor.post(base+"/desk/next").location).wants(t, http.StatusOK, "The order look-up finds no order.", "Everybody&#39;s words.")

		var own, shared string
		s.DB.Raw("SELECT id FROM text_templates WHERE NOT shared").Scan(&own)
		s.DB.Raw("SELECT id FROM text_templates WHERE shared").Scan(&shared)
		for _, b := range []*browser{fen, sand} {
			b.post(at+"/"+own+"/delete").wants(t, http.StatusNotFound)
		}
		moor.post(at+"/"+shared+"/delete").wants(t, http.StatusNotFound)
		if err := s.DB.Exec("UPDATE text_templates SET text = 'Other words.'").Error; err == nil {
			t.Error("the application's account edited a template")
		}
		verifyClean(t, s)
		if err := s.DB.Owner(t).Exec("DELETE FROM text_templates WHERE id = ?", own).Error; err != nil {
			t.Fatal(err)
		}
		if res, err := s.Verify(t.Context(), s.DB.DB); err != nil || res.Disagreement == "" {
			t.Errorf("a template is gone, and verify says %v, %v", res, err)
		}
		sand.post(at+"/"+shared+"/delete").wants(t, http.StatusSeeOther)
		for i := range 31 {
			got := fen.post(at, "purpose", "note", "name", "N", "text", "Again.")
			if want := map[bool]int{true: http.StatusSeeOther, false: http.StatusUnprocessableEntity}[i < 30]; got.status != want {
				t.Fatalf("template %d: %d", i+1, got.status)
			}
		}
	})
}

// A break lets go of the ticket without a reason, and it comes back to the same person first.
func TestBreak(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		moor := s.as(t, s.Person(t, "moor", models.RoleModerator))
		for range 5 {
			s.Review(t, s.Seller, 1)
		}
		ticket := moor.post(base + "/desk/next").location
		moor.get(ticket).wants(t, http.StatusOK, "Take a break", `data-break-after="50"`, `data-undo="The review is kept."`)
		moor.get(base+"/break").wants(t, http.StatusOK, "Let go of the ticket that I hold")
		if got := moor.post(base + "/break"); got.status != http.StatusSeeOther || got.location != base+"/break" {
			t.Fatalf("%d to %s", got.status, got.location)
		}
		moor.get(base+"/break").wants(t, http.StatusOK, "Nothing here needs you now", "Your ticket is let go")
		moor.post(base+"/break").wants(t, http.StatusSeeOther) // nothing is held any more
		s.Clock.Wind(time.Hour)
		if again := moor.post(base + "/desk/next").location; again != ticket {
			t.Errorf("after the break %s comes, not %s", again, ticket)
		}
		s.Clock.Wind(2 * time.Minute)
		moor.post(ticket+"/keep", "text_digest", moor.get(ticket).digest(t)).wants(t, http.StatusSeeOther)
		moor.post(ticket+"/keep", "text_digest", "00").wants(t, http.StatusConflict)
		moor.get(base+"/desk").wants(t, http.StatusOK, "2 min 00 s", "100 %")
		if page := moor.get(base + "/desk").body; strings.Contains(page, "the others’") {
			t.Error("the page says something of others where there are none")
		}
		verifyClean(t, s)
	})
}

func verifyClean(t *testing.T, s *site) {
	t.Helper()
	if err := s.Sequencer.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if res, err := s.Verify(t.Context(), s.DB.DB); err != nil || res.Disagreement != "" {
		t.Errorf("verify: %s, %v", res.Disagreement, err)
	}
}

// picture is a PNG of a colour with words behind its end that a browser must not get.
func picture(t *testing.T, side int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, side, side/2))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	img.Set(0, 0, color.RGBA{200, 0, 0, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), []byte("trailing words")...)
}

// Pictures among evidence are drawn anew, small, and shown to who uploaded them, and to who opened that piece.
func TestPreviews(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		s.Review(t, s.Seller, 1)
		moor, fen := s.as(t, s.Person(t, "moor", models.RoleModerator)), s.as(t, s.Person(t, "fen", models.RoleModerator))
		sand := s.as(t, s.Person(t, "sand", models.RoleSupervisor))
		ticket := moor.post(base + "/desk/next").location
		digest := moor.get(ticket).digest(t)
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for _, f := range [][2]string{{"text_digest", digest}, {"reason", "FAKE_EXPERIENCE"}, {"justification", apptest.Justification}} {
			_ = form.WriteField(f[0], f[1])
		}
		file, _ := form.CreateFormFile("files", "order.png")
		_, _ = file.Write(picture(t, 2000))
		form.Close()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+ticket+"/check", &body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", form.FormDataContentType())
		page := moor.do(req)
		var id string
		s.DB.Raw("SELECT id FROM attachments").Scan(&id)
		own := ticket + "/files/" + id + "/preview"
		page.wants(t, http.StatusOK, `src="`+own+`"`, "media-blur", "Show the picture")
		got := moor.get(own)
		small, err := jpeg.Decode(strings.NewReader(got.body))
		if got.status != http.StatusOK || err != nil || small.Bounds().Dx() != 840 || small.Bounds().Dy() != 420 || strings.Contains(got.body, "trailing words") {
			t.Errorf("the preview: %d, %v, %v", got.status, err, hex.EncodeToString([]byte(got.body[:min(8, len(got.body))])))
		}
		if csp := got.header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") {
			t.Errorf("under %q", csp)
		}
		fen.get(own).wants(t, http.StatusNotFound)

		moor.post(ticket+"/remove", "text_digest", digest, "reason", "FAKE_EXPERIENCE", "evidence_order", "look-up 17: none", "justification", apptest.Justification, "file", id).wants(t, http.StatusSeeOther)
		var p string
		s.DB.Raw("SELECT id FROM proposals").Scan(&p)
		proposal := base + "/proposals/" + p
		piece := proposal + "/evidence/2"
		if strings.Contains(sand.get(proposal).body, "/preview") {
			t.Error("a picture is shown before its piece is opened")
		}
		sand.get(piece+"/preview").wants(t, http.StatusNotFound)
		sand.post("/preferences", "media", "grey", "break_after", "0").wants(t, http.StatusSeeOther)
		sand.post(piece).wants(t, http.StatusOK, piece+"/preview", "media-grey")
		sand.get(piece+"/preview").wants(t, http.StatusOK)
		sand.get(proposal+"/evidence/1/preview").wants(t, http.StatusNotFound)
		verifyClean(t, s)
	})
}
