package app

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cometbft/cometbft/types"

	"blink/crypto"
)

const updateSequences = 10_000

// TestUpdatesAreValid feeds the differences between random sets into CometBFT's own ValidatorSet: never an error, and
// always the set that was meant. An update that CometBFT refuses halts every node for good.
func TestUpdatesAreValid(t *testing.T) {
	sequences := updateSequences
	if testing.Short() {
		sequences /= 10
	}
	if n, set := environment(t, "PROVE_SEQUENCES"); set {
		sequences = int(n)
	}
	steps := 0
	for seed := range sequences {
		r := rand.New(rand.NewPCG(1, uint64(seed)))
		last := randomSet(r)
		set := types.NewValidatorSet(cometValidators(updates(nil, last)))
		for range 1 + r.IntN(8) {
			next := randomSet(r)
			if r.IntN(4) == 0 {
				next = last
			}
			diff := updates(last, next)
			if slices.Equal(next, last) != (len(diff) == 0) {
				t.Fatalf("seed %d: %d updates between sets that are equal or not", seed, len(diff))
			}
			if len(diff) == 0 {
				diff = resend(ResendInterval*int64(r.IntN(100)), next)
			}
			if err := set.UpdateWithChangeSet(cometValidators(diff)); err != nil {
				t.Fatalf("seed %d: CometBFT refuses %v: %v", seed, diff, err)
			}
			set.IncrementProposerPriority(1)
			sameSet(t, set, next)
			last = next
			steps++
		}
	}
	t.Logf("%d sequences of %d updates, seeds 0 to %d", sequences, steps, sequences-1)
}

// randomSet makes 1 to 12 members out of 16 operators, by operator ascending, with powers of every size that a supply
// of 64 bits allows.
func randomSet(r *rand.Rand) []member {
	order := r.Perm(16)[:1+r.IntN(12)]
	slices.Sort(order)
	set := make([]member, len(order))
	for i, id := range order {
		power := Power(1) + r.Int64N(1<<r.IntN(40))
		set[i] = member{crypto.Address{1: byte(id)}, memberRecord{[32]byte{byte(id), 7}, power}}
	}
	return set
}

func sameSet(t *testing.T, set *types.ValidatorSet, want []member) {
	t.Helper()
	if set.Size() != len(want) {
		t.Fatalf("CometBFT has %d validators, want %d", set.Size(), len(want))
	}
	for _, m := range want {
		address := consensusAddress(m.key)
		_, v := set.GetByAddress(address[:])
		if v == nil || v.VotingPower != m.power || !bytes.Equal(v.PubKey.Bytes(), m.key[:]) {
			t.Fatalf("CometBFT has %v, want power %d", v, m.power)
		}
	}
}

func TestResendReachesEveryone(t *testing.T) {
	set := randomSet(rand.New(rand.NewPCG(2, 2)))
	seen := make(map[[32]byte]bool)
	for h := int64(1); h <= ResendInterval*int64(len(set)); h++ {
		for _, u := range resend(h, set) {
			seen[u.Key] = true
		}
	}
	if len(seen) != len(set) {
		t.Errorf("%d of %d validators were sent again", len(seen), len(set))
	}
}

// TestStatusMoves is the transition table in full.
func TestStatusMoves(t *testing.T) {
	legal := "inactive>active inactive>jailed inactive>tombstoned active>inactive active>jailed active>tombstoned jailed>inactive jailed>tombstoned"
	for from := Inactive; from <= Tombstoned; from++ {
		for to := Inactive; to <= Tombstoned; to++ {
			v := validator{status: from}
			panicked := func() (p bool) {
				defer func() { p = recover() != nil }()
				v.moveTo(to)
				return false
			}()
			if want := !slices.Contains(strings.Fields(legal), from.String()+">"+to.String()); panicked != want {
				t.Errorf("%s to %s: panic %t, want %t", from, to, panicked, want)
			}
		}
	}
}
