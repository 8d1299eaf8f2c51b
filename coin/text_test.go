package coin_test

import (
	"encoding/json"
	"strings"
	"testing"

	"blink/coin"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want coin.Amount
	}{
		{"0", 0},
		{"12500000", 12_500_000},
		{"12500000ublink", 12_500_000},
		{"12500000 uBLINK", 12_500_000},
		{"12.5blink", 12_500_000},
		{"12.5  BLINK", 12_500_000},
		{"  12.5 Blink ", 12_500_000},
		{"12blink", 12_000_000},
		{"007blink", 7_000_000},
		{"0.000001blink", 1},
		{"0.500000blink", 500_000},
		{"18446744073709551615", coin.Max},
		{"18446744073709.551615 blink", coin.Max},
	} {
		got, err := coin.Parse(c.in)
		if err != nil || got != c.want {
			t.Errorf("Parse(%q) = %s, %v; want %s", c.in, got, err, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "write a number and a unit"},
		{"blink", "write a number and a unit"},
		{"-1blink", "write a number and a unit"},
		{"+1blink", "write a number and a unit"},
		{"12.5", "ublink are whole"},
		{"12.5ublink", "ublink are whole"},
		{".5blink", "digits on both sides"},
		{"5.blink", "digits on both sides"},
		{".blink", "digits on both sides"},
		{"1.2.3blink", "digits on both sides"},
		{"0.0000001blink", "BLINK has 6 decimals, this has 7"},
		{"18446744073709551616", "at most 18446744073709551615 ublink"},
		{"18446744073709.551616blink", "at most 18446744073709551615 ublink"},
		{"1e6", `unit "e6" is not known`},
		{"1,000blink", `unit ",000blink" is not known`},
		{"1_000", `unit "_000" is not known`},
		{"5 dollars", `unit "dollars" is not known`},
		{"5 blink blink", `unit "blink blink" is not known`},
		{"٣blink", "write a number and a unit"},
		{"5\tblink", "is not known"},
		{strings.Repeat("9", 1<<20), "at most"},
	} {
		got, err := coin.Parse(c.in)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Parse(%.40q) = %s, %.200v; want an error with %q", c.in, got, err, c.want)
			continue
		}
		if len(err.Error()) > 300 {
			t.Errorf("Parse(%.40q): the error has %d characters", c.in, len(err.Error()))
		}
	}
}

func TestHuman(t *testing.T) {
	for amount, want := range map[coin.Amount]string{
		0:          "0 BLINK",
		1:          "0.000001 BLINK",
		500_000:    "0.5 BLINK",
		1_000_000:  "1 BLINK",
		12_500_000: "12.5 BLINK",
		coin.Max:   "18446744073709.551615 BLINK",
	} {
		if got := amount.Human(); got != want {
			t.Errorf("%s.Human() = %q, want %q", amount, got, want)
		}
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := amounts().Draw(t, "amount")
		for _, text := range []string{a.String(), a.String() + "ublink", a.Human()} {
			if got, err := coin.Parse(text); err != nil || got != a {
				t.Fatalf("Parse(%q) = %s, %v", text, got, err)
			}
		}
		text, err := json.Marshal(a)
		if err != nil || string(text) != `"`+a.String()+`"` {
			t.Fatalf("JSON of %s is %s, %v", a, text, err)
		}
		var back coin.Amount
		if err := json.Unmarshal(text, &back); err != nil || back != a {
			t.Fatalf("JSON %s became %s, %v", text, back, err)
		}
	})
}

func TestJSONRefuses(t *testing.T) {
	for _, in := range []string{`5`, `5.0`, `null`, `true`, `{}`, `["5"]`, `""`, `" 5"`, `"5 "`, `"+5"`, `"-5"`, `"05"`, `"00"`, `"5ublink"`,
		`"1e3"`, `"1.0"`, `"0x10"`, `"1_000"`, `"18446744073709551616"`} {
		got := coin.Amount(42)
		if err := json.Unmarshal([]byte(in), &got); err == nil || got != 42 {
			t.Errorf("JSON %s was read as %s, %v", in, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"12.5blink", "12500000ublink", "1", "0.000001 BLINK", "1.2.3", "-5", ".", "18446744073709551616"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := coin.Parse(s)
		if err != nil {
			return
		}
		for _, text := range []string{a.String(), a.Human()} {
			if back, err := coin.Parse(text); err != nil || back != a {
				t.Errorf("%q is %s, but written as %q it is %s, %v", s, a, text, back, err)
			}
		}
	})
}
