package favor

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Theta is the prior of the ratio λ of observed to expected: λ is drawn from
// Gamma(Alpha1, Beta1) with probability P, else from Gamma(Alpha2, Beta2);
// shapes and rates (DuMouchel 1999, The American Statistician 53, eq. 4). In
// canonical order component 1 has the larger mean Alpha/Beta.
type Theta struct {
	Alpha1, Beta1 float64
	Alpha2, Beta2 float64
	P             float64
}

// thetaRange bounds shapes and rates: far enough out that a component is a
// point or a spike for every purpose, near enough that no arithmetic overflows.
const thetaRange = 1e9

// Validate returns an error unless all shapes and rates lie between 1e-9 and
// 1e9 and P strictly between 0 and 1.
func (t Theta) Validate() error {
	for _, v := range []float64{t.Alpha1, t.Beta1, t.Alpha2, t.Beta2} {
		if !(v >= 1/thetaRange && v <= thetaRange) {
			return fmt.Errorf("favor: theta: shape or rate %v is not between %g and %g", v, 1/thetaRange, thetaRange)
		}
	}
	if !(t.P > 0 && t.P < 1) {
		return fmt.Errorf("favor: theta: p %v is not between 0 and 1", t.P)
	}
	return nil
}

// Canonical returns the same prior with the larger mean first.
func (t Theta) Canonical() Theta {
	if t.Alpha1*t.Beta2 >= t.Alpha2*t.Beta1 {
		return t
	}
	return Theta{Alpha1: t.Alpha2, Beta1: t.Beta2, Alpha2: t.Alpha1, Beta2: t.Beta1, P: 1 - t.P}
}

// ParseTheta reads "alpha1,beta1,alpha2,beta2,p", and validates it. The order
// of the components is kept as given; scores don't depend on it.
func ParseTheta(s string) (Theta, error) {
	parts := strings.Split(s, ",")
	if len(parts) != 5 {
		return Theta{}, fmt.Errorf("favor: theta %q: want five numbers alpha1,beta1,alpha2,beta2,p", s)
	}
	var v [5]float64
	for i, part := range parts {
		x, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(x) {
			return Theta{}, fmt.Errorf("favor: theta %q: %q is not a number", s, part)
		}
		v[i] = x
	}
	t := Theta{Alpha1: v[0], Beta1: v[1], Alpha2: v[2], Beta2: v[3], P: v[4]}
	return t, t.Validate()
}

// components returns the two gamma components.
func (t Theta) components() (first, second component) {
	return component{t.Alpha1, t.Beta1}, component{t.Alpha2, t.Beta2}
}
