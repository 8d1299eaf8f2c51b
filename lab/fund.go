package lab

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"blink/api/client"
	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

const (
	fundBatch = 32               // funding transactions in flight: half of the nonce window
	fundValid = 60 * time.Second // how long a funding transaction may take
)

// fundSenders makes the accounts of the load, with new keys, and gives each what it needs: from the key that was given,
// or else from the faucets in turn. A faucet pays an address only so often, so each gift goes to a new one.
func fundSenders(ctx context.Context, c *client.Client, on network, cfg LoadConfig) ([]*sender, error) {
	senders := make([]*sender, cfg.Accounts)
	for i := range senders {
		var err error
		if senders[i], err = newSender(); err != nil {
			return nil, err
		}
	}
	share := shareOf(on, cfg)
	for poor, gift := senders, 0; len(poor) > 0; gift++ {
		funder, balance, err := nextFunder(ctx, c, cfg, gift)
		if err != nil {
			return nil, fmt.Errorf("%w; %d of %d accounts have been funded, with %s each", err, len(senders)-len(poor), len(senders), share.Human())
		}
		n := min(on.payees(balance, share), len(poor))
		if n < len(poor) && cfg.Funder != nil || n == 0 {
			return nil, fmt.Errorf("account %s holds %s: enough for %d of %d accounts with %s each; use another --from, fewer --accounts or a smaller load",
				funder.address, balance.Human(), n, len(poor), share.Human())
		}
		if err := spread(ctx, c, on, funder, poor[:n], share); err != nil {
			return nil, err
		}
		poor = poor[n:]
		cfg.Progress(Progress{Phase: PhaseFund, Sent: len(senders) - len(poor)})
	}
	return senders, nil
}

func newSender() (*sender, error) {
	key, err := crypto.GenerateKey(rand.Reader)
	return &sender{key: key, address: key.Address()}, err
}

// shareOf is what one account needs: twice its part of the load, since those that answer sooner send more, and a few.
func shareOf(on network, cfg LoadConfig) coin.Amount {
	perAccount := cfg.expected() / float64(cfg.Accounts)
	return coin.Amount(math.Ceil(2*perAccount)+16) * (on.fee + transferAmount)
}

// payees is how many accounts can be given share out of balance, fees included.
func (on network) payees(balance, share coin.Amount) int {
	full := share*tx.MaxMsgs + on.fee
	n := balance / full * tx.MaxMsgs
	if rest := balance % full; rest > on.fee {
		n += (rest - on.fee) / share
	}
	return int(min(n, MaxBenchSenders))
}

// nextFunder returns an account that holds coins, and how many: the one that was given, or a new one filled by a faucet.
func nextFunder(ctx context.Context, c *client.Client, cfg LoadConfig, gift int) (*sender, coin.Amount, error) {
	if cfg.Funder != nil {
		f := &sender{key: *cfg.Funder, address: cfg.Funder.Address()}
		a, err := c.Account(ctx, f.address)
		f.next = a.PendingNonce
		return f, a.Balance, err
	}
	f, err := newSender()
	if err != nil {
		return nil, 0, err
	}
	if err := askFaucets(ctx, c, f.address, gift); err != nil {
		return nil, 0, err
	}
	balance, err := awaitCoins(ctx, c, f.address)
	return f, balance, err
}

// askFaucets asks one node's faucet after the other, from node first on: each has a purse and limits of its own.
func askFaucets(ctx context.Context, c *client.Client, to crypto.Address, first int) error {
	n := len(c.URLs())
	var errs []error
	for i := range n {
		_, err := c.Only((first+i)%n).Faucet(ctx, to)
		if err == nil {
			return nil
		}
		errs = append(errs, fmt.Errorf("faucet of %s: %w", c.URLs()[(first+i)%n], err))
	}
	return fmt.Errorf("no faucet gave anything (%w): name an account that holds coins by --from", errors.Join(errs...))
}

// awaitCoins waits until an account holds something.
func awaitCoins(ctx context.Context, c *client.Client, a crypto.Address) (coin.Amount, error) {
	ctx, cancel := context.WithTimeout(ctx, fundValid)
	defer cancel()
	for {
		account, err := c.Account(ctx, a)
		if err != nil {
			return 0, err
		}
		if account.Balance > 0 {
			return account.Balance, nil
		}
		if !pause(ctx, 20*time.Millisecond) {
			return 0, fmt.Errorf("the coins for %s did not arrive: %w", a, ctx.Err())
		}
	}
}

// spread sends share to each account, many in one transaction and many transactions at once.
func spread(ctx context.Context, c *client.Client, on network, funder *sender, to []*sender, share coin.Amount) error {
	for len(to) > 0 {
		var group []tx.Signed
		for len(group) < fundBatch && len(to) > 0 {
			n := min(tx.MaxMsgs, len(to))
			msgs := make([]tx.Msg, n)
			for i, s := range to[:n] {
				msgs[i] = tx.Transfer{To: s.address, Amount: share}
			}
			to = to[n:]
			group = append(group, must(tx.Sign(tx.Body{ // a user's key, perhaps
				ChainID: on.ChainID, Sender: funder.address, Nonce: funder.next, Fee: on.fee,
				ValidUntil: time.Now().Add(fundValid).Unix(), Msgs: msgs,
			}, funder.key)))
			funder.next++
		}
		if err := submitAll(ctx, c, group); err != nil {
			return err
		}
	}
	return nil
}

// submitAll submits transactions at once and returns when all have taken effect.
func submitAll(ctx context.Context, c *client.Client, group []tx.Signed) error {
	errs := make([]error, len(group))
	var wg sync.WaitGroup
	for i, s := range group {
		wg.Add(1)
		go func() {
			defer wg.Done()
			st, err := c.SubmitFinal(ctx, s, fundValid)
			if err == nil && (st.Status != client.StatusFinal || st.Code != "ok") {
				err = fmt.Errorf("funding transaction %s is %s (%s)", s.ID(), st.Status, st.Code)
			}
			errs[i] = err
		}()
	}
	wg.Wait()
	return errors.Join(errs...)
}
