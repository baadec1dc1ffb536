package web

// Page is what the layout needs; every page struct embeds it.
//
// The layout's own forms and links: "/" (home), POST /sign-out (no fields),
// and the hrefs in Nav and Markets.
type Page struct {
	// Title replaces the template's own window title when set.
	Title string
	// Market is the marketplace that the page belongs to; zero for none.
	// Templates build addresses as /m/{Market.ID}/….
	Market Market
	// Markets are those the viewer may switch to, the current one included.
	Markets []Market
	// Viewer is who is signed in; zero on the sign-in page.
	Viewer Viewer
	Nav    []NavItem
	// Personal are ways of the viewer's own, in the menu with their name.
	Personal []NavItem
	// Flashes are shown once, above the page.
	Flashes []Flash
	// Demo shows, on every page, that the data are synthetic.
	Demo bool
	// Public is a page for somebody without an account: no ways of the staff, and nothing that search engines keep.
	Public bool
	// Lang is the code of the page's language ("" is en). Whole sentences in a page struct are English, and the template
	// says them in it; sentences with something in them come ready said.
	Lang string
	// Here is the page's own address, to come back to when another language is chosen; empty for a page that answers a
	// form.
	Here string
	// Live is where the page listens for changes; Rest is where a break begins. Empty: it doesn't, there is none.
	Live, Rest string
	// Comfort is what the viewer chose for themselves.
	Comfort Comfort
}

// Spoken is the page's language.
func (p Page) Spoken() string {
	if p.Lang == "" {
		return "en"
	}
	return p.Lang
}

// Base is the start of this marketplace's addresses: "/m/{id}".
func (p Page) Base() string { return "/m/" + p.Market.ID }

// Market is one marketplace. Href is where choosing it leads; when empty,
// "/m/{ID}/desk".
type Market struct{ ID, Name, Href string }

// Link is Href or its default.
func (m Market) Link() string {
	if m.Href != "" {
		return m.Href
	}
	return "/m/" + m.ID + "/desk"
}

// Viewer is the person signed in. Roles are words for display
// ("moderator", "auditor"), those held in Page.Market.
type Viewer struct {
	ID, Name, Email string
	Roles           []string
}

// Initials are shown where the name has no room.
func (v Viewer) Initials() string { return Person{Name: v.Name}.Initials() }

// NavItem is one entry of the main navigation. Count is shown when above
// zero. Key, when set, is the letter that follows "g" on the keyboard.
type NavItem struct {
	Label, Href string
	Current     bool
	Count       int
	Key         string
	Live        string // the name under which the count is kept up to date
}

// Flash is a message about what just happened. Kind is FlashDone, FlashNote
// or FlashFailed.
type Flash struct {
	Kind, Text string
	// Href and LinkText, when both set, add a link ("See the proposal").
	Href, LinkText string
}

const (
	FlashDone   = "done"
	FlashNote   = "note"
	FlashFailed = "failed"
)

// Action says whether the viewer may do a thing, and if not why, as a
// sentence: the button is then drawn disabled with the sentence beside it.
type Action struct {
	Allowed bool
	// Why is a whole sentence ("You asked for this removal.").
	Why string
}

// Hidden reports that the thing isn't for this viewer at all (neither
// allowed nor a reason given): no button is drawn.
func (a Action) Hidden() bool { return !a.Allowed && a.Why == "" }

// Errors maps a form field's name to what is wrong with it, as a sentence.
// The key "" holds what is wrong with the form as a whole.
type Errors map[string]string

// Pager leads through a list by key. Empty hrefs mean there is no such page.
type Pager struct {
	PrevHref, NextHref string
	// Total is the number of items over all pages; -1 when not counted.
	Total int
	// AtLeast says that Total is a lower bound ("more than 10,000").
	AtLeast bool
}

// Option is one choice of a select. Count is shown when above zero.
type Option struct {
	Value, Label string
	Count        int
}
