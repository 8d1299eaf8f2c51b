package crypto

import (
	"fmt"
	"slices"
	"testing"
)

// BenchmarkVerifyBatch reports the time per signature, beside that of Verify.
func BenchmarkVerifyBatch(b *testing.B) {
	right := rightClaims(b, 1024, 200)
	oneWrong, allWrong := slices.Clone(right), slices.Clone(right)
	oneWrong[100].Hash[5] ^= 1
	for i := range allWrong {
		allWrong[i].Hash[5] ^= 1
	}
	run := func(name string, claims []Claim, verify func([]Claim)) {
		b.Run(fmt.Sprintf("%s/%d", name, len(claims)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				verify(claims)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(claims))/1000, "µs/sig")
		})
	}
	single := func(claims []Claim) {
		for _, c := range claims {
			c.holds()
		}
	}
	once := func(claims []Claim) {
		b, all := newBatch(claims)
		b.sumsUp(all)
	}
	run("single", right[:64], single)
	for _, n := range []int{1, 2, 3, 4, 6, 8, 16, 64, 256} {
		run("batch", right[:n], once)
	}
	run("one_key", rightClaims(b, 256, 1), once)
	run("one_wrong", oneWrong[:256], func(claims []Claim) { VerifyBatch(claims) })
	run("one_wrong", oneWrong, func(claims []Claim) { VerifyBatch(claims) })
	run("all_wrong", allWrong[:64], func(claims []Claim) { VerifyBatch(claims) })
	run("all_wrong", allWrong[:256], func(claims []Claim) { VerifyBatch(claims) })
	run("all_wrong", allWrong, func(claims []Claim) { VerifyBatch(claims) })
}
