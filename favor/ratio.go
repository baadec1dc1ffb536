package favor

import "math"

// logE is the log of the cell's e-value by the plain baseline: how much likelier its decisions are if a share d of what
// honest work would have kept was removed too, with d mixed evenly over effects, both integrated over the logit that the
// decisions share, which is uncertain with the given variance.
func (c *forecast) logE(variance float64) float64 {
	sd := math.Sqrt(variance)
	step := 0.25
	if info := c.information(); info > 0 && sd > 0 {
		step = max(0.02, min(step, 0.5/(sd*math.Sqrt(info))))
	}
	var logs [1 + len(effects)][]float64
	for z := -8.0; z <= 8; z += step {
		for f, l := range c.logLiks(z * sd) {
			logs[f] = append(logs[f], l-z*z/2)
		}
	}
	var mixed [len(effects)]float64
	for f := range mixed {
		mixed[f] = logSum(logs[1+f]) - math.Log(float64(len(effects)))
	}
	return logSum(mixed[:]) - logSum(logs[0])
}

// logLiks are the log likelihoods of honest work and of each effect when every logit is shifted.
func (c *forecast) logLiks(shift float64) (logs [1 + len(effects)]float64) {
	for i, l := range c.logits {
		p, hits, kept := logistic(l+shift), c.hits[i], c.counts[i]-c.hits[i]
		pass := math.Log1p(-min(p, 1-1e-16))
		logs[0] += hits*math.Log(max(p, 1e-300)) + kept*pass
		for f, d := range effects {
			logs[1+f] += hits*math.Log(p+d*(1-p)) + kept*(pass+math.Log1p(-d))
		}
	}
	return logs
}
