// Package interop reads evenhand's log over HTTP with other people's clients of transparency logs. It is a module of
// its own, so that the product doesn't carry what they depend on.
package interop
