// Command favoreval measures the favouritism detector on desks whose truth is known: the worlds in a folder, or worlds
// made anew, and prints one line of means for each kind of world and way of asking.
//
//	go run ./cmd/favoreval --data DIR            # DIR has a folder for each world
//	go run ./cmd/favoreval --mechanism thresholds --seeds 5 --decisions 120000
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

func main() {
	var c Command
	kong.Parse(&c, kong.Description("Measure the favouritism detector on desks whose truth is known."))
	if err := c.run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "favoreval:", err)
		os.Exit(1)
	}
}
