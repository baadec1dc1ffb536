//go:build race

package dbtest

// UnderRace says that the race detector watches: what takes minutes under it is tried smaller there, and whole without it.
const UnderRace = true
