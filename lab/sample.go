package lab

import (
	"math/rand/v2"
	"slices"
)

// MaxRecords is how many records a load keeps: some 100 MB. Of a larger load it is a sample, in which every transaction is
// with the same probability; counts, percentiles and the series are of all transactions nevertheless.
const MaxRecords = 200_000

// sample keeps up to a number of records: all, or of more a uniform sample (reservoir sampling, Vitter's algorithm R).
type sample struct {
	most   int
	seen   int
	kept   []Record
	random *rand.Rand
}

func newSample(most int, seed uint64) sample {
	return sample{most: most, random: rand.New(rand.NewPCG(seed, 0x73616d706c65))} // "sample"
}

func (s *sample) add(r Record) {
	s.seen++
	if len(s.kept) < s.most {
		s.kept = append(s.kept, r)
		return
	}
	if i := s.random.IntN(s.seen); i < s.most {
		s.kept[i] = r
	}
}

func (s *sample) sorted() []Record {
	slices.SortFunc(s.kept, func(a, b Record) int { return a.Number - b.Number })
	return s.kept
}
