package tx_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"blink/tx"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden is all that another implementation needs to check itself: from the JSON form and the key to the id.
type golden struct {
	PrivateKey  string          `json:"private_key,omitempty"` // alice's; none where the sender is a threshold account
	Body        json.RawMessage `json:"body"`
	BodyBytes   string          `json:"body_bytes"`
	SigningHash string          `json:"signing_hash"`
	Witness     string          `json:"witness"`
	Raw         string          `json:"raw"`
	ID          string          `json:"id"`
}

func TestGolden(t *testing.T) {
	covered := make(map[string]bool)
	for _, e := range examples(t) {
		for _, m := range e.body.Msgs {
			covered[m.Type()] = true
		}
		t.Run(e.name, func(t *testing.T) {
			path := filepath.Join("testdata", "golden", e.name+".json")
			got := goldenOf(t, e.body)
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from\n%s", path, got)
			}
			checkGolden(t, want)
		})
	}
	for _, name := range tx.MsgTypes() {
		if !covered[name] {
			t.Errorf("message type %s has no example", name)
		}
	}
}

func goldenOf(t *testing.T, b tx.Body) []byte {
	fields := goldenFields(t, mustSign(t, b))
	fields.PrivateKey = hex.EncodeToString(testKey(t, "alice").Bytes())
	text, err := json.MarshalIndent(fields, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// goldenFields is all of the file but the key.
func goldenFields(t *testing.T, signed tx.Signed) golden {
	body, err := json.Marshal(signed.Body())
	if err != nil {
		t.Fatal(err)
	}
	hash := tx.SigningHash(signed.BodyBytes())
	return golden{
		Body:        body,
		BodyBytes:   hex.EncodeToString(signed.BodyBytes()),
		SigningHash: hex.EncodeToString(hash[:]),
		Witness:     hex.EncodeToString(signed.Witness()),
		Raw:         hex.EncodeToString(signed.Raw()),
		ID:          signed.ID().String(),
	}
}

// checkGolden goes the way of a reader of the file: JSON to bytes, bytes to transaction, transaction to JSON.
func checkGolden(t *testing.T, text []byte) {
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	body, err := tx.ParseBody(g.Body)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := body.Encode()
	if err != nil || hex.EncodeToString(encoded) != g.BodyBytes {
		t.Errorf("body encodes to %x, %v", encoded, err)
	}
	raw, err := hex.DecodeString(g.Raw)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := tx.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signed.Verify(testChain); err != nil {
		t.Error(err)
	}
	again, err := json.Marshal(signed)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := tx.ParseSigned(again)
	if err != nil || !parsed.Equal(signed) || parsed.ID().String() != g.ID {
		t.Errorf("JSON form %s leads to another transaction, %v", again, err)
	}
}
