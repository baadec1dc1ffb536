//go:build !race

package favor_test

const raceDetector = false
