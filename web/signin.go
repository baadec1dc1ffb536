package web

import "net/http"

// SignInPage is GET /sign-in, and what POST /sign-in shows when it fails.
//
// Form: POST /sign-in with email, password, next (hidden). Errors keys:
// "email", "password", "" for "that e-mail and password don't match".
type SignInPage struct {
	Page
	Email  string // kept
	Next   string // where to go after; kept
	Errors Errors
	// DemoAccounts are listed under the form, and only in the demo.
	DemoAccounts []DemoAccount
}

// DemoAccount is one sign-in of the demo.
type DemoAccount struct{ Role, Email, Password string }

// Template implements PageData.
func (SignInPage) Template() string { return "signin" }

// ErrorPage answers with a failure: 403, 404, 409, 503 and the rest.
type ErrorPage struct {
	Page
	Status    int
	Heading   string // "This page isn't here"; from Status when empty
	Detail    string // what happened, for people
	Code      string // the stable code
	RequestID string
	// Next says what to do now, as a sentence; NextHref with NextText is a
	// link. When all are empty, a fitting one is chosen from Status.
	Next, NextHref, NextText string
	// Unsure says that what was asked for may have been done all the same.
	Unsure bool
	// Written is what the form held that failed, so that it can be copied.
	Written []Written
}

// Template implements PageData.
func (ErrorPage) Template() string { return "error" }

// Words is Heading or its default for the status.
func (p ErrorPage) Words() string {
	if p.Heading != "" {
		return p.Heading
	}
	if p.Unsure {
		return "This may have been done, or not"
	}
	return failureOf(p.Status).heading
}

// Advice is Next or its default for the status; empty when NextHref leads on.
func (p ErrorPage) Advice() string {
	if p.Next != "" || p.NextHref != "" {
		return p.Next
	}
	if p.Unsure {
		return "Look whether it is there, and send it again if it isn’t. Nothing is half-done, and sending it twice does it once."
	}
	return failureOf(p.Status).next
}

type failure struct{ heading, next string }

var failures = map[int]failure{
	http.StatusUnauthorized:    {"Please sign in first", "Your sign-in may have run out."},
	http.StatusForbidden:       {"This isn’t yours to do", "If you think it should be, ask whoever grants roles here; the attempt is on record, which is no reproach."},
	http.StatusNotFound:        {"Nothing is here", "The address may be mistyped, or it belongs to a marketplace you don’t work for."},
	http.StatusConflict:        {"Somebody was quicker, or it changed", "Go back and load the page again to see how it stands now."},
	http.StatusTooManyRequests: {"A little slower, please", "Wait a moment and try again."},
	http.StatusServiceUnavailable: {"evenhand is busy for a moment",
		"Nothing was lost and nothing half-done. Try again in a moment."},
}

func failureOf(status int) failure {
	if f, ok := failures[status]; ok {
		return f
	}
	if status >= http.StatusInternalServerError {
		return failure{"Something went wrong on our side", "Nothing was half-done. Try again; if it stays so, pass on the request id below."}
	}
	return failure{"That didn’t work", "Go back, look over what you sent, and try again."}
}
