package handlers

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/approval"
	"evenhand/models"
	"evenhand/moderation"
	"evenhand/web"
	"evenhand/words"
)

// jobs are the system's own actors; pages call them the system.
var jobs = map[string]bool{"sweep": true, "draws": true, "expiry": true, "erasure": true, "statements": true, "settings": true}

// person is somebody as the viewer sees them.
func person(id, name string, viewer models.Actor) web.Person {
	if name == id && jobs[id] { // a background job of ours has no name of its own
		name = ""
	}
	return web.Person{ID: id, Name: name, Me: id == viewer.ID}
}

// reviewOf is a review with its surroundings, for the page.
func reviewOf(c *gin.Context, x moderation.Content) web.Review {
	r := x.Review
	out := web.Review{
		ID: r.ID, Version: r.Version, Stars: r.Rating, Title: r.Title, Body: r.Body, PostedAt: r.PostedAt,
		EditedAt: x.EditedAt, Edits: r.Version - 1, Status: r.Status, OrderRef: r.OrderRef, Verified: r.Verified != nil && *r.Verified,
		Product: web.Product{Ref: x.Product.ExternalID, Name: x.Product.Title, Average: x.ProductStars.Average(), Ratings: x.ProductStars.Count},
		Seller:  web.Seller{ID: x.Seller.ID, Ref: x.Seller.ExternalID, Name: x.Seller.Name, Average: x.SellerStars.Average(), Ratings: x.SellerStars.Count},
		Author:  web.Author{Label: say(c, "Author %s", short(x.Author.Customer)), Reviews: x.Author.Reviews, Removed: x.Author.Removed},
	}
	if r.ErasedAt != nil {
		out.ErasedAt = *r.ErasedAt
	}
	if x.Hidden {
		out.Seller, out.Author = web.Seller{Hidden: true}, hiddenAuthor(language(c), x.Author)
		return out
	}
	if x.Author.Since != nil {
		out.Author.Since = *x.Author.Since
	}
	return out
}

// short is the end of an id, where UUIDv7s made at the same time differ.
func short(id string) string {
	if len(id) < 4 {
		return id
	}
	return id[len(id)-4:]
}

func flagOf(f models.Flag) web.Flag {
	return web.Flag{Source: f.Source, Text: f.Text, At: f.CreatedAt, Erased: f.ErasedAt != nil}
}

// excerpt is the beginning of a text, or what stands in its place once its author had it erased.
func excerpt(title, body string, erasedAt *time.Time) string {
	if erasedAt != nil {
		return web.ErasedExcerpt
	}
	return moderation.Excerpt(title, body)
}

// effect is what customers would see change when a rating goes.
func effect(now moderation.Stars, rating int) web.Effect {
	then := now.Without(rating)
	return web.Effect{
		AverageBefore: now.Average(), AverageAfter: then.Average(), CountBefore: now.Count, CountAfter: then.Count,
		LowBefore: now.Low, LowAfter: then.Low,
	}
}

// rowOf is a request in a list.
func (s *Server) rowOf(c *gin.Context, r moderation.Row, m marks) web.ProposalRow {
	return s.rowWith(c, r, m, s.mayDecide(c, r))
}

// requesterOf is who asked, as this viewer may see them.
func requesterOf(r moderation.Row, viewer models.Actor) web.Person {
	if r.RequesterHidden {
		return web.Person{Hidden: true}
	}
	return person(r.RequesterID, r.RequesterName, viewer)
}

// rowWith is rowOf where it is known whether the viewer may decide.
func (s *Server) rowWith(c *gin.Context, r moderation.Row, m marks, decide web.Action) web.ProposalRow {
	v := viewerOf(c)
	out := web.ProposalRow{
		ID: r.ID, State: m.state(r), Stars: r.Rating, Excerpt: excerpt(r.Title, r.Body, r.ErasedAt), Seller: r.SellerName, Reason: r.ReasonCode, Remedy: r.Remedy,
		Requester: requesterOf(r, v.actor), Seats: seats(r, v.actor, decide),
		Question: r.State == models.ProposalOpen && r.Last == models.MessageQuestion,
		AskedAt:  r.CreatedAt, ExpiresAt: r.ExpiresAt, Digest: hex.EncodeToString(r.Digest), Mark: m.of(r.ID),
	}
	if r.SetSize != nil {
		out.Set = *r.SetSize
	}
	if r.DecidedAt != nil {
		out.DecidedAt = *r.DecidedAt
	}
	if n := len(r.Verdicts); n > 0 {
		out.Note = r.Verdicts[n-1].Note
	}
	return out
}

func seats(r moderation.Row, viewer models.Actor, decide web.Action) web.Seats {
	return seatsAt(r.NamedProposal, requesterOf(r, viewer), viewer, decide)
}

// seatsAt are who took part in a proposal, of any kind, and who is still missing.
func seatsAt(p approval.NamedProposal, requester web.Person, viewer models.Actor, decide web.Action) web.Seats {
	out := web.Seats{{State: web.SeatAsked, Who: requester, At: p.CreatedAt}}
	approved := 0
	for _, g := range p.Verdicts {
		seat := web.Seat{State: web.SeatApproved, Who: person(g.ApproverID, g.ApproverName, viewer), At: g.CreatedAt}
		switch {
		case !g.Sealed:
			seat.State, seat.Why = web.SeatLapsed, "It carries no valid seal, so it wasn't made here."
		case g.Verdict == models.VerdictDecline:
			seat.State = web.SeatDeclined
		default:
			approved++
		}
		out = append(out, seat)
	}
	for ; approved < p.Quorum; approved++ {
		seat := web.Seat{State: web.SeatEmpty}
		switch {
		case p.State == models.ProposalDeclined:
			return out
		case p.State != models.ProposalOpen:
			seat.State = web.SeatUnfilled
		case decide.Allowed:
			seat.State = web.SeatYours
		case decide.Why != "":
			seat.State, seat.Why = web.SeatBarred, decide.Why
		}
		out = append(out, seat)
	}
	return out
}

// evidence are the pieces of a request as its page shows them.
func evidence(l *words.Language, market string, v moderation.ProposalView) []web.Evidence {
	var out []web.Evidence
	for i, e := range v.Removal.Evidence {
		x := web.Evidence{Kind: web.EvidenceKind(e.Kind), Value: e.Value}
		if e.Behind() {
			x.SeeHref = fmt.Sprintf("/m/%s/proposals/%s/evidence/%d", market, v.ID, i+1)
		}
		switch e.Kind {
		case moderation.EvidenceReviews:
			x.Check = "Another review of this marketplace, as it was when it was named."
			if v.InSet(e.Value) {
				x.Check = "One of the set: it was drawn to be read before anybody approves."
			}
		case moderation.EvidenceLink:
			if u, err := url.Parse(e.Value); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
				x.Href = e.Value
			}
		case moderation.EvidenceSpan:
			x.Check = "These words stand in the review as it was."
		case moderation.EvidenceFile:
			if moderation.Previewable(e.Type) {
				x.Preview = x.SeeHref + "/preview"
			}
			x.Name, x.Value = v.FileNames[e.Value], fmt.Sprintf("%s, %d KB, SHA-256 %s…", e.Type, (e.Size+1023)/1024, e.SHA256[:min(16, len(e.SHA256))])
		case moderation.EvidenceOrder:
			x.Check = orderSays(l, e, v.Content.Product)
		}
		out = append(out, x)
	}
	return out
}

// orderSays is what the look-up of an order found when it was asked; requests from before there were look-ups say none.
func orderSays(l *words.Language, e moderation.Evidence, reviewed models.Product) string {
	switch e.Found {
	case moderation.OrderFound:
		says := "The order is in the marketplace’s data, for another product."
		if e.Product == reviewed.ID {
			says = "The order is in the marketplace’s data, for this product."
		}
		said := []string{l.Say(says)}
		switch e.Verified {
		case "yes":
			said = append(said, l.Say("The purchase is confirmed."))
		case "no":
			said = append(said, l.Say("The purchase isn’t confirmed."))
		}
		return strings.Join(append(said, l.Say("Its date isn’t known here.")), " ")
	case moderation.OrderUnknown:
		return "Not found: no review in the marketplace’s data names this order."
	}
	return ""
}

// knownFigures are what the record says about requester and seller, as numbers to judge by.
func knownFigures(l *words.Language, v moderation.ProposalView) []web.Figure {
	k := v.Known
	if v.PartiesHidden {
		return nil
	}
	return []web.Figure{
		{
			Label: "Removals asked for, of decisions on this seller by this requester, 180 days",
			Value: l.Say("%d of %d", k.PairAsked, k.PairDecisions), Note: l.Say("everybody else: %d of %d", k.OthersAsked, k.OthersDecisions),
		},
		{
			Label: "Of this requester’s requests, declined", Value: l.Say("%d of %d", k.RequesterDeclined, k.RequesterAsked),
		},
	}
}

// pager turns the neighbours of a page into links that keep the filters.
func pager(c *gin.Context, a models.Around) web.Pager {
	link := func(cursor *models.Cursor) string {
		if cursor == nil {
			return ""
		}
		q := c.Request.URL.Query()
		q.Set("page", cursor.String())
		return c.Request.URL.Path + "?" + q.Encode()
	}
	return web.Pager{PrevHref: link(a.Prev), NextHref: link(a.Next), Total: -1}
}
