package favor

import (
	"fmt"
	"os"
)

func dumpParts(r *Report, f *fitted) {
	name := os.Getenv("FAVORDUMP")
	if name == "" {
		return
	}
	out, _ := os.Create(name)
	defer out.Close()
	fmt.Fprintln(out, "#", f.picks.variance, f.share, f.effects)
	for k, c := range r.Cells {
		p := c.Parts
		fmt.Fprintf(out, "%s\t%s\t%d\t%d\t%.2f\t%.2g\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.1f\t%.1f\n", c.Row, c.Col, int(c.Exposure), c.Observed, c.Expected, c.P, c.LogE, p.Rate, p.Matters, p.Moderator, p.Group, p.Picking, p.Total, f.picks.count[k], f.picks.usual[k])
	}
}
