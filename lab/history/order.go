package history

import (
	"cmp"
	"slices"
)

// checkOrder: if a client knew that A is final before B was submitted, then A is before B in the chain, whether or not B
// was told final. With one total order of all transactions, that is strict serializability. It costs O(n log n): B must
// be after the last of all that were known by then.
func (c *checker) checkOrder() {
	type entry struct {
		*Submission
		place
	}
	places := c.all.places
	var known, sent []entry // final ones by answer, all that are in the chain by submission
	for i := range c.h.Submissions {
		s := &c.h.Submissions[i]
		for _, p := range places[s.ID] {
			sent = append(sent, entry{s, p})
		}
		if told := (place{s.Height, s.Index}); s.toldFinal() && slices.Contains(places[s.ID], told) {
			known = append(known, entry{s, told})
		}
	}
	slices.SortFunc(known, func(a, b entry) int { return cmp.Or(cmp.Compare(a.Answered, b.Answered), a.compare(b.place)) })
	slices.SortFunc(sent, func(a, b entry) int { return cmp.Or(cmp.Compare(a.Submitted, b.Submitted), a.compare(b.place)) })
	var latest *entry
	for _, b := range sent {
		for ; len(known) > 0 && known[0].Answered < b.Submitted; known = known[1:] {
			if latest == nil || latest.compare(known[0].place) < 0 {
				latest = &known[0]
			}
		}
		if latest != nil && latest.compare(b.place) > 0 {
			c.report(Violation{Rule: RuleOrder, Height: b.place.height, Tx: b.ID.String()},
				"was submitted at %v, when %s was known (since %v) to be final at %d of block %d, but is before it, at %d of block %d",
				b.Submitted, latest.ID, latest.Answered, latest.index, latest.height, b.index, b.height)
		}
	}
}
