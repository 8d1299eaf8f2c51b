package store

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTxsOfPages(t *testing.T) {
	s := openTest(t, Options{})
	for range 30 {
		smallChain.commit(t, s)
	}
	for _, limit := range []int{1, 3, 1000} {
		var all []Cursor
		cursor := Cursor{}
		for {
			page, next, err := s.TxsOf([]byte("account 1"), cursor, limit)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) > limit || len(page) < limit && !next.IsZero() {
				t.Fatalf("page of %d, limit %d, next %q", len(page), limit, next)
			}
			for _, e := range page {
				all = append(all, Cursor{e.Height, e.Index})
			}
			if next.IsZero() {
				break
			}
			if cursor, err = ParseCursor(next.String()); err != nil {
				t.Fatal(err)
			}
		}
		var want []Cursor
		for h := s.Height(); h > 0; h-- {
			_, txs := smallChain.block(h)
			for i := len(txs) - 1; i >= 0 && h%3 == 1; i-- {
				want = append(want, Cursor{h, uint32(i)})
			}
		}
		if !reflect.DeepEqual(all, want) {
			t.Fatalf("limit %d: got %v, want %v", limit, all, want)
		}
	}
	for _, limit := range []int{-1, 0, MaxTxsPage + 1} {
		if _, _, err := s.TxsOf([]byte("a"), Cursor{}, limit); err == nil || !strings.Contains(err.Error(), "limit must be") {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
	if page, next, err := s.TxsOf([]byte("account"), Cursor{}, 5); err != nil || len(page) != 0 || !next.IsZero() {
		t.Fatalf("the prefix of an account has %d transactions, %v", len(page), err)
	}
}

// What became of a transaction is not hidden by its being in a block again.
func TestSettledEntriesStay(t *testing.T) {
	const refused, failed = 9, 11
	s := openTest(t, Options{})
	id := [32]byte{1}
	include := func(entries ...TxEntry) {
		t.Helper()
		h := s.Height() + 1
		for i := range entries {
			entries[i].ID, entries[i].Height, entries[i].Index = id, h, uint32(i)
			entries[i].Accounts = [][]byte{[]byte("alice")}
		}
		if _, err := s.Stage(h, NewOverlay(s.Latest()), entries); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(height int64, index, code uint32) {
		t.Helper()
		e, found, err := s.Tx(id)
		if err != nil || !found || e.Height != height || e.Index != index || e.Code != code {
			t.Fatalf("entry %+v, %v; want height %d, index %d, code %d", e, err, height, index, code)
		}
		page, _, err := s.TxsOf([]byte("alice"), Cursor{}, 10)
		if err != nil || len(page) != 1 || page[0].Height != height {
			t.Fatalf("alice has %+v, %v", page, err)
		}
	}
	include(TxEntry{Code: refused})
	expect(1, 0, refused)
	include(TxEntry{Code: refused}, TxEntry{Code: failed, Settled: true}, TxEntry{Code: refused})
	expect(2, 1, failed)
	include(TxEntry{Code: refused})
	expect(2, 1, failed)
	id = [32]byte{2}
	s = openTest(t, Options{})
	include(TxEntry{}, TxEntry{Code: refused})
	expect(1, 0, 0)
	include(TxEntry{Code: refused})
	expect(1, 0, 0)
}

func TestTxEntryEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := TxEntry{
			Height:  rapid.Int64Range(1, 1<<62).Draw(t, "height"),
			Index:   rapid.Uint32().Draw(t, "index"),
			Code:    rapid.Uint32().Draw(t, "code"),
			Settled: true,
			Time:    rapid.Int64().Draw(t, "time"),
		}
		for range rapid.IntRange(0, MaxTxAccounts).Draw(t, "accounts") {
			e.Accounts = append(e.Accounts, bytes.Repeat([]byte{7}, rapid.IntRange(1, maxAccountBytes).Draw(t, "size")))
		}
		b, err := e.encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeTxEntry(e.ID, b)
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Fatalf("decoded %+v, %v; want %+v", got, err, e)
		}
		if _, err := decodeTxEntry(e.ID, b[:rapid.IntRange(0, len(b)-1).Draw(t, "cut")]); err == nil {
			t.Fatal("decoded a part")
		}
		if _, err := decodeTxEntry(e.ID, append(b, 0)); err == nil {
			t.Fatal("decoded trailing bytes")
		}
	})
}

func TestParseCursor(t *testing.T) {
	for _, s := range []string{"", "1.0", "12.345"} {
		if c, err := ParseCursor(s); err != nil || c.String() != s {
			t.Errorf("ParseCursor(%q) = %v, %v", s, c, err)
		}
	}
	for _, s := range []string{"1", "1.", ".1", "01.1", "1.01", "0.1", "-1.1", "1.4294967296", "1.1.1", "+1.1", "a.b", " 1.1"} {
		if c, err := ParseCursor(s); err == nil || !strings.Contains(err.Error(), "<height>.<index>") {
			t.Errorf("ParseCursor(%q) = %v, %v", s, c, err)
		}
	}
}
