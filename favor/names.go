package favor

import (
	"slices"
	"strings"
)

// names numbers strings in order of first sight.
type names struct {
	ids  map[string]int32
	list []string
}

func (n *names) id(s string) int32 {
	if id, ok := n.ids[s]; ok {
		return id
	}
	if n.ids == nil {
		n.ids = map[string]int32{}
	}
	s = strings.Clone(s)
	id := int32(len(n.list))
	n.ids[s] = id
	n.list = append(n.list, s)
	return id
}

// sort renumbers by name, so that nothing depends on the order of the input,
// and returns the new number of each old one.
func (n *names) sort() []int32 {
	sorted := slices.Sorted(slices.Values(n.list))
	renumbered := make([]int32, len(n.list))
	for i, s := range sorted {
		renumbered[n.ids[s]] = int32(i)
		n.ids[s] = int32(i)
	}
	n.list = sorted
	return renumbered
}
