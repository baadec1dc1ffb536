package handlers

import (
	"net"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/staff"
	"evenhand/web"
)

const (
	cookieSession = "evenhand_session"
	cookieFlash   = "evenhand_flash"
	keyViewer     = "evenhand.viewer"
	keyMarket     = "evenhand.market"
)

// viewer is who is signed in.
type viewer struct {
	models.Staff
	actor   models.Actor
	token   string
	rights  rbac.View // as they were when the request came; acts ask again
	markets []models.Marketplace
}

// place is the marketplace of an address, and what the viewer is there.
type place struct {
	models.Marketplace
	roles []string
}

// signedIn lets only people with a living session pass.
func (s *Server) signedIn(c *gin.Context) {
	token, _ := c.Cookie(cookieSession) // no cookie is the empty token
	person, err := s.app.Staff.BySession(c.Request.Context(), token)
	if err != nil {
		s.fail(c, err)
		return
	}
	rights, err := s.app.Rights.View(s.app.DB.WithContext(c.Request.Context()))
	if err != nil {
		s.fail(c, models.Translate(err))
		return
	}
	markets, err := s.app.Markets(c.Request.Context(), rights, person.ID)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Set(keyViewer, viewer{Staff: person, actor: staff.Actor(person), token: token, rights: rights, markets: markets})
	c.Set(keyPreferred, func() models.Preferences { return s.preferences(c) })
	c.Next()
}

func viewerOf(c *gin.Context) viewer { return c.MustGet(keyViewer).(viewer) }

func placeOf(c *gin.Context) place { return c.MustGet(keyMarket).(place) }

// inMarket finds the marketplace of the address. Where the viewer holds no role it doesn't exist.
func (s *Server) inMarket(c *gin.Context) {
	v, id := viewerOf(c), c.Param("market")
	i := slices.IndexFunc(v.markets, func(m models.Marketplace) bool { return m.ID == id })
	if i < 0 {
		s.fail(c, models.E(models.NotFound, "no_marketplace", "There is no marketplace %q that you work for.", id))
		return
	}
	c.Set(keyMarket, place{v.markets[i], v.rights.Roles(v.ID, id)})
	c.Next()
}

// id reads an id of the address; what isn't one is a page that isn't there.
func (s *Server) id(c *gin.Context, name string) (string, bool) {
	id, err := models.ParseID(c.Param(name))
	if err != nil {
		s.fail(c, err)
		return "", false
	}
	return id, true
}

// bare is the layout for a page outside any marketplace, which may have no viewer.
func (s *Server) bare(c *gin.Context) web.Page {
	p := web.Page{Demo: len(s.demo) > 0, Lang: language(c).Code}
	if c.Request.Method == http.MethodGet {
		p.Here = c.Request.URL.RequestURI()
	}
	if v, ok := c.Get(keyViewer); ok {
		who := v.(viewer)
		p.Viewer = web.Viewer{ID: who.ID, Name: who.Name, Email: who.Email}
		p.Comfort, p.Personal = s.comfort(c), s.personal(c)
	}
	if m, ok := c.Get(keyMarket); ok {
		s.addMarket(c, &p, m.(place))
	}
	return p
}

// page is the layout of a page within a marketplace.
func (s *Server) page(c *gin.Context, title string) web.Page {
	p := s.bare(c)
	p.Title = title
	p.Flashes = takeFlash(c)
	return p
}

func (s *Server) addMarket(c *gin.Context, p *web.Page, m place) {
	p.Market = web.Market{ID: m.ID, Name: m.Name, Href: startOf(m.ID, m.roles)}
	p.Viewer.Roles = m.roles
	p.Nav, p.Live = s.nav(c, m), p.Base()+"/live"
	if s.can(c, rbac.Object{Kind: "ticket"}, "draw") {
		p.Rest = p.Base() + "/break"
	}
	v := viewerOf(c)
	for _, x := range v.markets {
		p.Markets = append(p.Markets, web.Market{ID: x.ID, Name: x.Name, Href: startOf(x.ID, v.rights.Roles(v.ID, x.ID))})
	}
}

// may asks whether the viewer may open a page whose data need no act of their own; a refusal is on record.
func (s *Server) may(c *gin.Context, obj, act string) error {
	v, m := viewerOf(c), placeOf(c)
	entry := &ledger.Entry{Marketplace: m.ID, Act: obj + "." + act, SubjectType: "marketplace", SubjectID: m.ID}
	return s.app.Ledger.OnRecord(c.Request.Context(), v.actor, entry, v.rights.Authorize(v.actor, m.ID, rbac.Object{Kind: obj}, act))
}

// can asks whether the viewer has a right here, to show or hide a way; the act itself asks again.
func (s *Server) can(c *gin.Context, obj rbac.Object, act string) bool {
	v := viewerOf(c)
	ok, err := v.rights.Can(v.ID, placeOf(c).ID, obj, act)
	return err == nil && ok
}

// setCookie is a cookie that scripts can't read; it is sent over TLS only, except to this machine itself.
func setCookie(c *gin.Context, name, value string, seconds int) {
	host := c.Request.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(host)
	local := host == "localhost" || (ip != nil && ip.IsLoopback())
	http.SetCookie(c.Writer, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: !local, SameSite: http.SameSiteLaxMode})
}

// flashes are the messages that one page leaves for the next, by their code in the cookie.
var flashes = map[string]web.Flash{
	"kept":              {Kind: web.FlashDone, Text: "Kept: the review stays published."},
	"asked":             {Kind: web.FlashDone, Text: "Your request is with the approvers. The review stays published until one of them agrees."},
	"looked":            {Kind: web.FlashNote, Text: "Recorded. This was a second look: somebody else had decided on the review before. Nothing is asked for by it."},
	"tested":            {Kind: web.FlashDone, Text: "A moderator will be given it as a test, among all other tickets."},
	"skipped":           {Kind: web.FlashNote, Text: "Skipped. Somebody else will be given this ticket."},
	"released":          {Kind: web.FlashNote, Text: "Handed back. The ticket waits in its queue again; if nobody else takes it first, it is your next one."},
	"empty":             {Kind: web.FlashNote, Text: "Nothing waits for you: your queues are empty."},
	"approved":          {Kind: web.FlashDone, Text: "Approved. Two people have agreed; the removal is on record."},
	"recording":         {Kind: web.FlashDone, Text: "Approved. The removal is done once a checkpoint of the record includes it, which takes a moment."},
	"more":              {Kind: web.FlashNote, Text: "Your approval is on record. Another person's is still needed."},
	"declined":          {Kind: web.FlashDone, Text: "Declined: the review stays published."},
	"handed_on":         {Kind: web.FlashNote, Text: "Handed back. Somebody else is drawn to decide, as soon as there is anybody."},
	"asked-back":        {Kind: web.FlashDone, Text: "Your question is with the requester. The request’s time goes on: what nobody decides stays published."},
	"answered-ask":      {Kind: web.FlashDone, Text: "Your answer is on record, and the request is near the top of the approver’s inbox again."},
	"withdrawn":         {Kind: web.FlashDone, Text: "Withdrawn. The ticket waits for somebody else."},
	"restored":          {Kind: web.FlashDone, Text: "Restored: the review is published again."},
	"erase-asked":       {Kind: web.FlashDone, Text: "On record. Nothing is erased until somebody else has agreed."},
	"erased":            {Kind: web.FlashDone, Text: "Erased. The text is gone, the stars and the record stay."},
	"erase-declined":    {Kind: web.FlashDone, Text: "Declined: nothing is erased."},
	"erase-withdrawn":   {Kind: web.FlashDone, Text: "Withdrawn: nothing is erased."},
	"filter-kept":       {Kind: web.FlashDone, Text: "Kept. It stands beside the list from now on."},
	"filter-renamed":    {Kind: web.FlashDone, Text: "Renamed."},
	"filter-deleted":    {Kind: web.FlashDone, Text: "Deleted. The removals themselves aren't touched."},
	"answered":          {Kind: web.FlashDone, Text: "Answered. The author reads it on their page."},
	"answered-back":     {Kind: web.FlashDone, Text: "Answered. The review is published again, and the author reads why."},
	"appeal-handed":     {Kind: web.FlashNote, Text: "Handed back. Somebody else is drawn to answer, as soon as there is anybody."},
	"preferred":         {Kind: web.FlashDone, Text: "Kept. It is so from now on, on every device."},
	"break":             {Kind: web.FlashNote, Text: "Your ticket is let go. If nobody else takes it first, it is your next one."},
	"template-kept":     {Kind: web.FlashDone, Text: "Kept. It can be inserted where you write."},
	"template-deleted":  {Kind: web.FlashDone, Text: "Deleted."},
	"declared":          {Kind: web.FlashDone, Text: "On record. You won't be given this seller's reviews."},
	"ended":             {Kind: web.FlashDone, Text: "The interest is ended."},
	"unmasked":          {Kind: web.FlashNote, Text: "On record. The names are here for you, and nowhere else."},
	"set-asked":         {Kind: web.FlashDone, Text: "On record. Nothing changes until somebody else has agreed."},
	"set":               {Kind: web.FlashDone, Text: "Approved. The settings are in force from now on."},
	"set-declined":      {Kind: web.FlashDone, Text: "Declined: everything stays as it is."},
	"set-withdrawn":     {Kind: web.FlashDone, Text: "Withdrawn: everything stays as it is."},
	"escalated":         {Kind: web.FlashNote, Text: "Escalated. Somebody with that skill will be given this ticket."},
	"routing-asked":     {Kind: web.FlashDone, Text: "On record. The rules stay as they are until another administrator has agreed."},
	"routing-changed":   {Kind: web.FlashDone, Text: "In force. Tickets that come in from now on go by the new rules."},
	"routing-declined":  {Kind: web.FlashDone, Text: "Declined: the rules stay as they are."},
	"routing-withdrawn": {Kind: web.FlashDone, Text: "Withdrawn: the rules stay as they are."},
	"shift-on":          {Kind: web.FlashDone, Text: "You are on shift."},
	"shift-break":       {Kind: web.FlashNote, Text: "You have a break. Nothing is drawn for you meanwhile, while others are on shift."},
	"shift-off":         {Kind: web.FlashNote, Text: "Your shift is over."},
	"held":              {Kind: web.FlashDone, Text: "Hidden for now. It comes back by itself: ask for a redaction or a removal, so that two people can decide."},
	"lifted":            {Kind: web.FlashDone, Text: "Lifted: the review is published as it was before."},
}

// leave sends the browser on after an act, with a message for the page it comes to.
func leave(c *gin.Context, flash, to string) {
	setCookie(c, cookieFlash, flash, 30)
	c.Redirect(http.StatusSeeOther, to)
}

func takeFlash(c *gin.Context) []web.Flash {
	code, err := c.Cookie(cookieFlash)
	if err != nil {
		return nil
	}
	setCookie(c, cookieFlash, "", -1)
	if f, ok := flashes[code]; ok {
		return []web.Flash{f}
	}
	return nil
}
