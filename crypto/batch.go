package crypto

import "slices"

// Claim says that Sig is the signature of Hash by the owner of Key.
type Claim struct {
	Key  PublicKey
	Hash [32]byte
	Sig  Signature
}

// Limits of VerifyBatch, measured by BenchmarkVerifyBatch.
const (
	together  = 256 // claims in one equation: more gain nothing, and take 5 kB of memory each
	minHalf   = 32  // claims from which a part of a batch that failed is worth an equation of its own
	maxSearch = 2   // claims in all equations of a search, as a multiple of those in the batch
)

// VerifyBatch tells of each claim what Verify tells of it, for half of the time when there is one, and a sixth when
// there are many and all are right. It proves them together, by the batch verification of BIP-340; if that fails it halves
// the batch to find the wrong ones. Claims that are wrong on purpose, in whatever number and order, make it take about twice as long as
// Verify for each would at the most.
//
// The answer is the same each time although it draws random numbers: they decide only whether a batch with a wrong
// claim passes by chance, once in 2^128 batches. It works on the caller's goroutine alone.
func VerifyBatch(claims []Claim) []bool {
	verdicts := make([]bool, 0, len(claims))
	for part := range slices.Chunk(claims, together) {
		verdicts = append(verdicts, verifyTogether(part)...)
	}
	return verdicts
}

func verifyTogether(claims []Claim) []bool {
	verdicts := make([]bool, len(claims))
	b, wellFormed := newBatch(claims)
	if !b.sumsUp(wellFormed) {
		s := search{batch: b, budget: maxSearch * len(wellFormed)}
		s.split(wellFormed)
		wellFormed = s.right
	}
	for _, i := range wellFormed {
		verdicts[i] = true
	}
	return verdicts
}

// search finds the claims that are right among some that are not all right.
type search struct {
	batch  *batch
	budget int   // claims that may still go into equations; an attacker would have each of them fail
	right  []int // claims, by index
}

// split looks into claims of which at least one is wrong.
func (s *search) split(claims []int) {
	half := len(claims) / 2
	if len(claims) == 1 { // it is the wrong one
		return
	}
	if half < minHalf || s.budget < len(claims) {
		s.single(claims)
		return
	}
	if s.sumsUp(claims[:half]) {
		s.right = append(s.right, claims[:half]...)
		s.split(claims[half:]) // where the wrong one must be
		return
	}
	s.split(claims[:half])
	if s.budget >= half && s.sumsUp(claims[half:]) {
		s.right = append(s.right, claims[half:]...)
	} else {
		s.split(claims[half:])
	}
}

func (s *search) sumsUp(claims []int) bool {
	s.budget -= len(claims)
	return s.batch.sumsUp(claims)
}

// single judges each by its own equation, in which nothing is random.
func (s *search) single(claims []int) {
	for i := range claims {
		if one := claims[i : i+1]; s.batch.sumsUp(one) {
			s.right = append(s.right, one[0])
		}
	}
}
