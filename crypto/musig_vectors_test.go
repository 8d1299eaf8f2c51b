package crypto

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
)

// bip327Vectors are those of BIP-327 for what blink uses of it. They know keys by 33 bytes, take them in any order and
// more than once; blink is stricter, so they run against the functions below Musig.
type bip327Vectors struct {
	KeyAgg     vectorSet `json:"key_agg"`
	SignVerify vectorSet `json:"sign_verify"`
	SigAgg     vectorSet `json:"sig_agg"`
}

type vectorSet struct {
	SK                   string
	PubKeys              []string
	SecNonces            []string
	PNonces              []string
	AggNonces            []string
	Msgs                 []string
	Msg                  string
	PSigs                []string
	ValidTestCases       []vector `json:"valid_test_cases"`
	ErrorTestCases       []vector `json:"error_test_cases"`
	SignErrorTestCases   []vector `json:"sign_error_test_cases"`
	VerifyFailTestCases  []vector `json:"verify_fail_test_cases"`
	VerifyErrorTestCases []vector `json:"verify_error_test_cases"`
}

type vector struct {
	KeyIndices   []int `json:"key_indices"`
	NonceIndices []int `json:"nonce_indices"`
	PSigIndices  []int `json:"psig_indices"`
	AggNonce     string
	AggNonceI    int `json:"aggnonce_index"`
	SecNonce     int `json:"secnonce_index"`
	Signer       int `json:"signer_index"`
	Msg          int `json:"msg_index"`
	Sig          string
	Expected     string
	Comment      string
}

func loadBIP327(t *testing.T) bip327Vectors {
	t.Helper()
	text, err := os.ReadFile("testdata/bip327_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v bip327Vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.KeyAgg.ValidTestCases) != 4 || len(v.SignVerify.ValidTestCases) != 4 || len(v.SigAgg.ValidTestCases) != 2 {
		t.Fatal("the file holds other cases than it did")
	}
	return v
}

// points returns the keys of a case, and false when one is no point.
func (s vectorSet) points(t *testing.T, indices []int) ([]*btcec.PublicKey, bool) {
	var points []*btcec.PublicKey
	for _, i := range indices {
		point, err := btcec.ParsePubKey(unhex(t, s.PubKeys[i]))
		if err != nil {
			return nil, false
		}
		points = append(points, point)
	}
	return points, true
}

// nonces returns the public nonces of a case, and false when one is none.
func (s vectorSet) nonces(t *testing.T, indices []int) ([]PublicNonce, bool) {
	var nonces []PublicNonce
	for _, i := range indices {
		nonce, err := ParsePublicNonce(unhex(t, s.PNonces[i]))
		if err != nil {
			return nil, false
		}
		nonces = append(nonces, nonce)
	}
	return nonces, true
}

func TestBIP327KeyAggregation(t *testing.T) {
	set := loadBIP327(t).KeyAgg
	for _, c := range set.ValidTestCases {
		points, ok := set.points(t, c.KeyIndices)
		if !ok {
			t.Fatal("a key is no point")
		}
		if got, err := aggregateKeys(points); err != nil || got != PublicKey(unhex(t, c.Expected)) {
			t.Errorf("%v: %x, %v; want %s", c.KeyIndices, got, err, c.Expected)
		}
	}
	for _, c := range set.ErrorTestCases {
		if _, ok := set.points(t, c.KeyIndices); ok {
			t.Error(c.Comment)
		}
	}
}

func TestBIP327Signing(t *testing.T) {
	set := loadBIP327(t).SignVerify
	message := [32]byte(unhex(t, set.Msgs[0]))
	signer, _ := btcec.PrivKeyFromBytes(unhex(t, set.SK))
	for _, c := range set.ValidTestCases {
		points, _ := set.points(t, c.KeyIndices)
		nonces, _ := set.nonces(t, c.NonceIndices)
		total, err := aggregateNonces(nonces)
		if err != nil || total != PublicNonce(unhex(t, set.AggNonces[c.AggNonceI])) {
			t.Errorf("%s: the nonces add up to %x, %v", c.Comment, total, err)
		}
		want := PartialSignature(unhex(t, c.Expected))
		if !verifyPartial(points, c.Signer, nonces[c.Signer], total, message, want) {
			t.Errorf("%s: %s does not verify", c.Comment, c.Expected)
		}
		if !points[c.Signer].IsEqual(signer.PubKey()) {
			t.Fatal("the case is of another signer")
		}
		got, err := signPartial(points, signer, [97]byte(unhex(t, set.SecNonces[0])), total, message)
		if err != nil || got != want {
			t.Errorf("%s: signed %x, %v; want %s", c.Comment, got, err, c.Expected)
		}
	}
	for _, c := range set.SignErrorTestCases {
		points, ok := set.points(t, c.KeyIndices)
		if !ok {
			continue // refused before anything is signed
		}
		_, err := signPartial(points, signer, [97]byte(unhex(t, set.SecNonces[c.SecNonce])), PublicNonce(unhex(t, set.AggNonces[c.AggNonceI])), message)
		if err == nil {
			t.Errorf("signed although %s", c.Comment)
		}
	}
}

func TestBIP327Verification(t *testing.T) {
	set := loadBIP327(t).SignVerify
	message := [32]byte(unhex(t, set.Msgs[0]))
	for _, c := range append(set.VerifyFailTestCases, set.VerifyErrorTestCases...) {
		points, ok := set.points(t, c.KeyIndices)
		nonces, good := set.nonces(t, c.NonceIndices)
		if !ok || !good {
			continue // refused before anything is verified
		}
		total, err := aggregateNonces(nonces)
		if err != nil {
			t.Error(err)
		}
		if verifyPartial(points, c.Signer, nonces[c.Signer], total, message, PartialSignature(unhex(t, c.Sig))) {
			t.Errorf("verifies: %s", c.Comment)
		}
	}
}

func TestBIP327Sum(t *testing.T) {
	set := loadBIP327(t).SigAgg
	message := [32]byte(unhex(t, set.Msg))
	for i, c := range set.ValidTestCases {
		points, _ := set.points(t, c.KeyIndices)
		nonces, _ := set.nonces(t, c.NonceIndices)
		total, err := aggregateNonces(nonces)
		if err != nil || total != PublicNonce(unhex(t, c.AggNonce)) {
			t.Errorf("case %d: the nonces add up to %x, %v", i, total, err)
		}
		account, err := aggregateKeys(points)
		if err != nil {
			t.Fatal(err)
		}
		var partials []PartialSignature
		for _, j := range c.PSigIndices {
			partials = append(partials, PartialSignature(unhex(t, set.PSigs[j])))
		}
		got, err := addPartials(account, total, message, partials)
		if err != nil || got != Signature(unhex(t, c.Expected)) || !Verify(account, message, got) {
			t.Errorf("case %d: %x, %v; want %s", i, got, err, c.Expected)
		}
	}
}
