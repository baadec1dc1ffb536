package favor

// vicinity is where the quadrature over a seller's deviation stands, with the chance that a review is violating there, by
// queue, reckoned when it is first asked for.
type vicinity struct {
	centre, width float64
	turn          int32 // of the present place
	ready         []int32
	chances       [][nodes]float64
}

// move goes to another place.
func (v *vicinity) move(c *classes, centre, width float64) {
	if v.ready == nil {
		v.ready, v.chances = make([]int32, c.queues), make([][nodes]float64, c.queues)
	}
	v.centre, v.width = centre, width
	v.turn++
}

// at returns the chances of violating in a queue at the nodes.
func (v *vicinity) at(c *classes, queue int32) *[nodes]float64 {
	if v.ready[queue] != v.turn {
		v.ready[queue] = v.turn
		for k, x := range steps {
			v.chances[queue][k] = logistic(c.level[queue] + v.centre + v.width*x)
		}
	}
	return &v.chances[queue]
}

// prior are the logs of the seller's Gaussian at the nodes, without its constant.
func (v *vicinity) prior(variance float64) (logs [nodes]float64) {
	for k, x := range steps {
		d := v.centre + v.width*x
		logs[k] = -d * d / (2 * variance)
	}
	return logs
}

// moments are mean and standard deviation of weights over the nodes, in widths.
func moments(post *[nodes]float64) (mean, square float64) {
	for k, x := range steps {
		mean += post[k] * x
		square += post[k] * x * x
	}
	return mean, square - mean*mean
}

// work is room that a batch of sellers uses again and again.
type work struct {
	bad, good    []float64        // factors of each of the seller's items
	logs         [][nodes]float64 // of each of the seller's cells
	whole, apart vicinity         // of the seller, and of the seller without one cell
	places       []placeLeft
	grid, one    grid
	chances      []float64
	pmf          [exactAtMost + 1]float64
}
