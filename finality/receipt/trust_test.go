package receipt_test

import (
	"bytes"
	"errors"
	"flag"
	"testing"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/types"

	"blink/app"
	"blink/coin"
	"blink/finality/receipt"
	"blink/genesis"
	"blink/store"
)

var update = flag.Bool("update", false, "rewrite the files in testdata")

func loadGenesis(t *testing.T) genesis.Document {
	t.Helper()
	doc, err := genesis.Load(goldenGenesis)
	must(t, err)
	return doc
}

// Of other validators, more than a third of the genesis power must be among those who signed.
func TestValidatorsMayChange(t *testing.T) {
	c := newChain(t)
	for _, x := range []struct {
		set     []int
		trusted bool
	}{
		{[]int{0, 1, 2, 3}, true},
		{[]int{0, 1, 2, 3, 4}, true},
		{[]int{0, 1, 4, 5}, true},
		{[]int{0, 4, 5, 6}, false},
		{[]int{4, 5, 6, 7}, false},
	} {
		set := c.set(x.set...)
		raw := c.make(c.source(20, 1, set, set))
		facts, err := c.trust().Verify(raw)
		if x.trusted && err != nil || !x.trusted && !errors.Is(err, receipt.ErrUntrusted) {
			t.Errorf("validators %v: %v", x.set, err)
		}
		if x.trusted && facts.Trusted.OfPower != 4_000_000 {
			t.Errorf("validators %v: %+v", x.set, facts)
		}
	}
}

// Exactly a third is not enough.
func TestAThirdIsTooLittle(t *testing.T) {
	c := newChain(t)
	doc := c.net.Genesis
	doc.Validators = doc.Validators[:3]
	for nodes, want := range map[[3]int]error{{0, 4, 5}: receipt.ErrUntrusted, {0, 1, 4}: nil} {
		set := c.set(nodes[:]...)
		if err := receipt.Verify(c.make(c.source(20, 1, set, set)), doc); !errors.Is(err, want) {
			t.Errorf("validators %v: %v", nodes, err)
		}
	}
}

// The validators of the next block may be others; they are in the receipt then.
func TestTheNextBlockMayHaveOtherValidators(t *testing.T) {
	c := newChain(t)
	source := c.source(10, 2, c.set(0, 1, 2, 3), c.set(0, 5, 6, 7))
	must(t, receipt.Verify(c.make(source), c.net.Genesis))

	source.Next.Header.ValidatorsHash = c.set(4, 5, 6, 7).Hash()
	source.Next.Validators = c.set(4, 5, 6, 7)
	source.Next.Commit = c.sign(source.Next.Header, source.Next.Validators)
	refused(t, receipt.Verify(c.make(source), c.net.Genesis), "next_validators_hash")
}

func TestTrustIsHandedOnThroughReceipts(t *testing.T) {
	c := newChain(t)
	middle, last := c.set(0, 1, 4, 5), c.set(4, 5, 6, 7)
	step, late := c.make(c.source(20, 1, middle, middle)), c.make(c.source(30, 1, last, last))
	if _, err := c.trust().Through(late); !errors.Is(err, receipt.ErrUntrusted) {
		t.Fatal(err)
	}
	trust, err := c.trust().Through(step)
	must(t, err)
	facts, err := trust.Verify(late)
	if err != nil || !facts.TrustSince.Equal(start) || !facts.TrustUntil.Equal(start.Add(600*time.Second)) || facts.Trusted.Validators != 2 {
		t.Fatalf("%+v, %v", facts, err)
	}
	_, err = trust.Through(step)
	refused(t, err, "must be later than 20")
}

func TestAnotherChainIsRefused(t *testing.T) {
	c := newChain(t)
	raw := c.receipt(1)
	doc := c.net.Genesis
	doc.ChainID = "blink-other"
	refused(t, receipt.Verify(raw, doc), `must be of the chain "blink-other"`)
	doc = c.net.Genesis
	doc.InitialHeight = 11
	refused(t, receipt.Verify(raw, doc), "before the first one of this chain, 11")
	net, err := genesis.NewTestnet(genesis.TestnetSpec{
		ChainID: "blink-test", Validators: 4, Seed: []byte("another seed for tests"), GenesisTime: start, P2PPort: 22000, RESTPort: 22100,
	})
	must(t, err)
	if err := receipt.Verify(raw, net.Genesis); !errors.Is(err, receipt.ErrUntrusted) {
		t.Fatal(err)
	}
	refused(t, receipt.Verify(raw, genesis.Document{}), "genesis: validators: must be 1 to 500, were 0")
}

// The first validators are those that the application starts the chain with.
func TestFirstValidatorsAreThoseOfTheApplication(t *testing.T) {
	c := newChain(t)
	plain, few := c.net.Genesis, c.net.Genesis
	few.Params.MaxValidators = 3
	few.Validators = append([]genesis.Validator{}, few.Validators...)
	few.Validators[2].SelfBond += 5 * coin.Blink
	few.Validators[3].SelfBond += coin.Blink - 1 // no power more

	o := store.NewOverlay(empty{})
	app.InitChain(o, few)
	for name, doc := range map[string]genesis.Document{"plain": plain, "few": few, "continued": app.Export(o, "blink-next", 2, start)} {
		t.Run(name, func(t *testing.T) {
			must(t, doc.Validate())
			var list []*types.Validator
			for _, u := range app.InitChain(store.NewOverlay(empty{}), doc) {
				list = append(list, types.NewValidator(ed25519.PubKey(u.Key[:]), u.Power))
			}
			set := types.NewValidatorSet(list)
			trust, err := receipt.FromGenesis(doc)
			must(t, err)
			if got, want := receipt.TrustedHash(trust), set.Hash(); !bytes.Equal(got, want) {
				t.Errorf("trusted validators have hash %x, those of the application %x", got, want)
			}
		})
	}
}

// empty is the state before genesis.
type empty struct{}

func (empty) Get([]byte) []byte                           { return nil }
func (empty) Range(_, _ []byte, _ func(_, _ []byte) bool) {}
