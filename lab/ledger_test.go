package lab

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// ledger is what a client sees of a network, without the network: it checks bytes and balances, and says when it
// answers. The real one is measured elsewhere; here the instrument is.
type ledger struct {
	mu       sync.Mutex
	balance  map[crypto.Address]coin.Amount
	nonce    map[crypto.Address]uint64
	done     map[tx.ID]bool
	answer   func(n int) (status int, body string) // for the n-th new transaction of the load; "" = final
	stall    func() time.Duration                  // how long a transaction that comes now must wait
	noFaucet bool
	batches  int
	// failBatch says that the answer to the n-th batch, which was taken, gets lost.
	failBatch func(n int) bool
	n         int
	problems  []string
}

func newLedger() *ledger {
	return &ledger{balance: map[crypto.Address]coin.Amount{}, nonce: map[crypto.Address]uint64{}, done: map[tx.ID]bool{}}
}

func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/v1/status":
		io.WriteString(w, `{"chain_id":"test","moniker":"fake","height":1,"ready":true}`)
	case r.URL.Path == "/v1/params":
		io.WriteString(w, `{"min_fee":"1000"}`)
	case r.URL.Path == "/v1/validators":
		io.WriteString(w, `{"validators":[{"power":1}]}`)
	case r.URL.Path == "/v1/finality":
		io.WriteString(w, `{}`)
	case strings.HasSuffix(r.URL.Path, "/receipt"):
		io.WriteString(w, `{}`)
	case r.URL.Path == "/v1/faucet" && l.noFaucet:
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, `{"status":503,"code":"faucet_empty","detail":"the purse is empty"}`)
	case r.URL.Path == "/v1/faucet":
		var to struct{ Address crypto.Address }
		_ = json.NewDecoder(r.Body).Decode(&to)
		l.mu.Lock()
		l.balance[to.Address] += 100 * coin.Blink
		l.mu.Unlock()
		io.WriteString(w, `{"status":"final"}`)
	case strings.HasPrefix(r.URL.Path, "/v1/accounts/"):
		a, _ := crypto.ParseAddress(strings.TrimPrefix(r.URL.Path, "/v1/accounts/"))
		l.mu.Lock()
		defer l.mu.Unlock()
		fmt.Fprintf(w, `{"address":%q,"balance":%q,"nonce":%d,"pending_nonce":%d}`, a, l.balance[a], l.nonce[a], l.nonce[a])
	case r.URL.Path == "/v1/txs" && r.Method == http.MethodPost:
		l.submit(w, r)
	case r.URL.Path == "/v1/txs/batch":
		l.submitAll(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (l *ledger) submit(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	if status, body := l.take(raw); body != "" {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// submitAll says of each what submit says. A body that is no status is a problem.
func (l *ledger) submitAll(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	raws, _ := tx.DecodeBatch(body)
	var entries []string
	for _, raw := range raws {
		status, entry := l.take(raw)
		if status != http.StatusOK {
			entry = fmt.Sprintf(`{"id":"%x","status":"unknown","problem":%s}`, sha256.Sum256(raw), entry)
		}
		entries = append(entries, entry)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.batches++; l.failBatch != nil && l.failBatch(l.batches) {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	fmt.Fprintf(w, `{"txs":[%s]}`, strings.Join(entries, ","))
}

func (l *ledger) take(raw []byte) (status int, body string) {
	s, err := tx.Decode(raw)
	load := err == nil && len(s.Body().Msgs) == 1 && s.Body().Msgs[0].(tx.Transfer).Amount == transferAmount
	if load && l.stall != nil {
		time.Sleep(l.stall())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.problems = append(l.problems, err.Error())
		return 0, ""
	}
	if load && !l.done[s.ID()] && l.answer != nil {
		l.n++
		if status, body := l.answer(l.n); body != "" {
			return status, body
		}
	}
	l.apply(s)
	return http.StatusOK, fmt.Sprintf(`{"id":%q,"status":"final","height":2,"code":"ok"}`, s.ID())
}

// apply does not insist on the order of nonces of one sender: a real mempool waits for those that come first.
func (l *ledger) apply(s tx.Signed) {
	if l.done[s.ID()] {
		return
	}
	l.done[s.ID()] = true
	b := s.Body()
	cost := b.Fee
	for _, m := range b.Msgs {
		cost += m.(tx.Transfer).Amount
		l.balance[m.(tx.Transfer).To] += m.(tx.Transfer).Amount
	}
	if l.balance[b.Sender] < cost {
		l.problems = append(l.problems, "insufficient balance")
		return
	}
	l.balance[b.Sender] -= cost
	l.nonce[b.Sender]++
}

// TestLedgerProcess is no test: it is the ledger in a process of its own, for tests that measure what the client costs.
func TestLedgerProcess(t *testing.T) {
	delay, err := time.ParseDuration(os.Getenv("BLINK_TEST_LEDGER"))
	if err != nil {
		t.Skip("only started by other tests")
	}
	l := newLedger()
	l.stall = func() time.Duration { return delay }
	server := httptest.NewServer(l)
	fmt.Println("ledger at", server.URL)
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test ends
}

// startLedger starts a ledger in a process of its own that answers after a delay, and returns its URL.
func startLedger(t *testing.T, delay time.Duration) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestLedgerProcess$")
	cmd.Env = append(os.Environ(), "BLINK_TEST_LEDGER="+delay.String())
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "ledger at "); ok {
			return url
		}
	}
	t.Fatal("the ledger did not start")
	return ""
}
