package api

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"blink/app"
	"blink/coin"
	"blink/crypto"
	"blink/finality"
	"blink/tx"
)

func (s *Server) faucetRoutes() []route {
	return []route{post("/v1/faucet", s.postFaucet, "wait", "timeout")}
}

// faucet pays from its own account, one payment at a time.
type faucet struct {
	cfg     Faucet
	mu      sync.Mutex
	journal *journal
}

func openFaucet(cfg Faucet) (*faucet, error) {
	j, err := openJournal(cfg.Journal)
	if err != nil {
		return nil, err
	}
	return &faucet{cfg: cfg, journal: j}, nil
}

type faucetAnswer struct {
	txAnswer
	From   crypto.Address `json:"from"`
	To     crypto.Address `json:"to"`
	Amount coin.Amount    `json:"amount"`
}

// postFaucet pays to {"address":"blink1..."} and waits until the payment is final, unless wait=accepted.
func (s *Server) postFaucet(w http.ResponseWriter, r *request) error {
	if s.faucet == nil {
		return problem(codeFaucetDisabled, "this node has no faucet", "faucets are for test networks; ask another node of yours")
	}
	wait, err := s.waitFor(r, s.cfg.Limits.DefaultWait)
	if err != nil {
		return err
	}
	body, _, err := readBody(w, r, mediaJSON)
	if err != nil {
		return err
	}
	object, err := fields(body, "address")
	if err != nil {
		return err
	}
	text, err := stringField(object, "address")
	if err != nil {
		return err
	}
	to, err := crypto.ParseAddress(text)
	if err != nil {
		return problem(codeInvalidBody, "address: "+printable(err.Error()), "send {\"address\":\"blink1...\"}").at("address")
	}
	outcome, err := s.pay(r, to)
	if err != nil {
		return err
	}
	if wait > 0 && !outcome.Status.Settled() {
		s.await(r, wait, &outcome)
	}
	answer := faucetAnswer{describe(outcome), s.faucet.cfg.Key.Address(), to, s.faucet.cfg.Amount}
	status := http.StatusOK
	if !outcome.Status.Settled() {
		status = http.StatusAccepted
		if wait == 0 {
			answer.Status = statusAccepted
		}
	}
	return writeJSON(w, status, answer)
}

// pay keeps the limits and submits one payment. The journal is written first: a crash in between costs the client a wait,
// never the faucet a second payment.
func (s *Server) pay(r *request, to crypto.Address) (finality.Outcome, error) {
	f := s.faucet
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.journal.allow(to.String(), r.client, r.received, f.cfg); err != nil {
		return finality.Outcome{}, err
	}
	if err := f.journal.note(to.String(), r.client, r.received); err != nil {
		return finality.Outcome{}, err
	}
	outcome, err := s.sendCoins(r, to)
	if err != nil {
		return outcome, errors.Join(err, f.journal.undo(to.String(), r.client))
	}
	s.metrics.faucet.Inc()
	return outcome, nil
}

// sendCoins signs and submits. Other payments may be in flight: the nonce counts the mempool, and is read again if a block
// came in between.
func (s *Server) sendCoins(r *request, to crypto.Address) (finality.Outcome, error) {
	state, err := s.latest()
	if err != nil {
		return finality.Outcome{}, err
	}
	key := *s.faucet.cfg.Key
	for attempt := 0; ; attempt++ {
		signed, err := tx.Sign(tx.Body{
			ChainID:    s.cfg.Genesis.ChainID,
			Sender:     key.Address(),
			Nonce:      s.cfg.Node.PendingNonce(key.Address()),
			Fee:        app.ParamsOf(state).MinFee,
			ValidUntil: s.validUntil(r.received),
			Msgs:       []tx.Msg{tx.Transfer{To: to, Amount: s.faucet.cfg.Amount}},
		}, key)
		if err != nil {
			return finality.Outcome{}, err
		}
		told := s.submit(r.Context(), time.Now(), signed)[0]
		outcome, err := told.outcome, told.err
		var refusal *tx.Refusal
		switch {
		case !errors.As(err, &refusal):
			return outcome, err
		case refusal.Code == tx.InsufficientBalance:
			return outcome, problem(codeFaucetEmpty, "the faucet has run dry: "+refusal.Message, "send coins to "+key.Address().String()).after(time.Minute)
		case refusal.Code == tx.NonceTooHigh:
			return outcome, problem(codeOverloaded, "too many payments of the faucet are waiting", "try again later")
		case refusal.Code != tx.NonceTooLow || attempt == 3:
			return outcome, err
		}
	}
}

func faucetLimited(what string, wait time.Duration) *Problem {
	wait = max(wait, time.Second).Round(time.Second)
	return problem(codeFaucetLimited, what, "try again in "+strconv.Itoa(int(wait.Seconds()))+" s").after(wait)
}
