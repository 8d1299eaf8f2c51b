package history_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"blink/lab/history"
)

func TestWriteAndRead(t *testing.T) {
	w := newWorld(3, true)
	for range 6 {
		w.block()
	}
	w.lost()
	h := w.history()
	h.Chains[1].Node = "http://127.0.0.1:8080"
	h.Chains[1].Supply, h.Chains[1].Accounts, h.Chains[1].StateAt = nil, nil, 0
	h.Chains = append(h.Chains[:1:1], h.Chains[2], h.Chains[3], h.Chains[1]) // as Read orders them
	dir := t.TempDir()
	if err := history.Write(dir, h); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{dir, filepath.Join(dir, "history")} {
		got, err := history.Read(from)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got.Chains { // no transactions: nil or empty
			for j := range got.Chains[i].Blocks {
				if b := &got.Chains[i].Blocks[j]; len(b.Txs) == 0 {
					b.Txs = h.Chains[i].Blocks[j].Txs
				}
			}
		}
		if !reflect.DeepEqual(got, h) {
			t.Errorf("wrote %+v\nread %+v", h, got)
		}
	}
	if err := history.Write(dir, h); err == nil || !strings.Contains(err.Error(), "choose a folder without one") {
		t.Errorf("wrote over a history: %v", err)
	}
	h.Chains[0].Node = h.Chains[1].Node
	if err := history.Write(t.TempDir(), h); err == nil {
		t.Error("wrote two chains into one file")
	}
}

// What is read and written again has the same bytes: others' tools can rely on the form of docs/history.md.
func TestRealHistoryIsCanonical(t *testing.T) {
	h, err := history.Read("testdata/real")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := history.Write(dir, h); err != nil {
		t.Fatal(err)
	}
	written := os.DirFS(dir)
	err = fs.WalkDir(os.DirFS("testdata/real"), "history", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		want, err := os.ReadFile(filepath.Join("testdata/real", path))
		if err != nil {
			return err
		}
		if got, err := fs.ReadFile(written, path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is another one (%v)", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadIsStrict(t *testing.T) {
	const submissions, chain = "submissions.jsonl", "chain-node0.jsonl"
	replace := func(old, new string) func(string) string {
		return func(text string) string { return strings.Replace(text, old, new, 1) }
	}
	for _, x := range []struct {
		name, file, want string
		change           func(text string) string
	}{
		{"unknown field", submissions, submissions + ":3: json: unknown field \"colour\"", replace(`{"submission":{`, `{"submission":{"colour":1,`)},
		{"no format", submissions, submissions + ":1: must be {\"format\":\"blink-history/1\"}", replace("blink-history/1", "blink-history/2")},
		{"two members", chain, chain + ":3: must have one member, had 2", replace(`{"block":`, `{"supply":{},"block":`)},
		{"no member", chain, chain + ":2: must have one member, had 0", replace("{\"chain\"", "{}\n{\"chain\"")},
		{"more on a line", chain, chain + ":3: must be one JSON object, had more after it", replace(`{"block":`, `{"supply":{}}{"block":`)},
		{"a block of another place", submissions, submissions + ":2: must be an outside or a submission", replace(`{"outside":`, `{"block":`+`{}}`+"\n"+`{"outside":`)},
		{"no chain", chain, chain + ":2: must be the chain", func(text string) string {
			lines := strings.SplitAfter(text, "\n")
			return lines[0] + strings.Join(lines[2:], "")
		}},
		{"two chains", chain, chain + ":3: must be a block, an account or the one supply", func(text string) string {
			lines := strings.SplitAfter(text, "\n")
			return lines[0] + lines[1] + lines[1] + strings.Join(lines[2:], "")
		}},
		{"nothing but an end", chain, chain + ": must hold a chain", func(string) string { return "{\"format\":\"blink-history/1\"}\n{\"end\":1}\n" }},
		{"a line is missing", submissions, "end must be the number of lines before it, 44, was 45", func(text string) string {
			lines := strings.SplitAfter(text, "\n")
			return strings.Join(append(lines[:5], lines[6:]...), "")
		}},
		{"cut off after a line", chain, "the file was cut off", func(text string) string {
			return text[:strings.LastIndex(strings.TrimSpace(text), "\n")+1]
		}},
		{"cut off in a line", chain, "unexpected EOF", func(text string) string { return text[:len(text)-4] }},
		{"more after the end", chain, "must not come after the end", func(text string) string { return text + "{\"end\":1}\n" }},
		{"a long line", chain, chain + ":1: must be at most 16777216 bytes long", func(text string) string { return strings.Repeat(" ", history.MaxLine) + text }},
		{"a bad id", submissions, submissions + ":3: transaction id must be 64 hexadecimal digits, was 62 characters", func(text string) string {
			i := strings.Index(text, `"id":"`) + 6
			return text[:i] + text[i+2:]
		}},
		{"a bad genesis", "genesis.json", "genesis.json: genesis: ", replace(`"chain_id": "`, `"chain_id": " `)},
	} {
		t.Run(x.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS("testdata/real/history")); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, x.file)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			changed := x.change(string(text))
			if changed == string(text) {
				t.Fatal("nothing was changed")
			}
			if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := history.Read(dir); err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("got %v\nwant %s", err, x.want)
			}
		})
	}
	if _, err := history.Read(t.TempDir()); err == nil || !strings.Contains(err.Error(), "holds no history") {
		t.Errorf("read a history in an empty folder: %v", err)
	}
}
