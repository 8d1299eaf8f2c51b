package lab

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"blink/crypto"
	"blink/tx"
)

// limits is what this machine can do as a load generator.
type limits struct {
	sign, verify time.Duration // CPU time of one, on one core, as a wallet and a node do it: how fast the machine is
	signFast     time.Duration // likewise, as the load does it
	signWall     time.Duration // of one for the load, as the machine is busy now
	maxSend      float64       // transactions per second
}

// measureLimits takes some 0.3 s.
func measureLimits() limits {
	key, err := crypto.GenerateKey(rand.Reader)
	if err != nil {
		panic("lab: the machine gives no randomness: " + err.Error())
	}
	body := tx.Body{ChainID: "probe", Sender: key.Address(), Fee: 1, ValidUntil: 1, Msgs: []tx.Msg{tx.Transfer{To: key.Address(), Amount: 1}}}
	var signed tx.Signed
	var l limits
	begun := time.Now()
	const n = 50
	l.signFast = cpuOf(n, func() { signed = must(tx.SignFast(body, key)) })
	l.signWall = time.Since(begun) / n
	l.sign = cpuOf(n, func() { signed = must(tx.Sign(body, key)) })
	l.verify = cpuOf(n, func() { _, _ = signed.Verify("probe") })
	l.maxSend = rehearse(100 * time.Millisecond)
	return l
}

// cpuOf is the CPU time that f takes, the mean of n calls: at least 1 ns, however coarse the clock is, as rates are made
// of it.
func cpuOf(n int, f func()) time.Duration {
	stop := threadClock()
	for range n {
		f()
	}
	return max(stop()/time.Duration(n), time.Nanosecond)
}

// rehearse runs the scheduler for a moment on a load in which everything is due at once, without sending: how many
// transactions per second could it have sent off?
func rehearse(d time.Duration) float64 {
	done := make(chan float64)
	go func() { // a goroutine of its own: the sleeper binds it to its thread, which ends with it
		sleeper := newSleeper()
		var wg sync.WaitGroup
		begun := time.Now()
		n := 0
		for ; time.Since(begun) < d; n++ {
			sleeper.until(context.Background(), begun)
			wg.Add(1)
			go wg.Done()
		}
		wg.Wait()
		done <- float64(n) / time.Since(begun).Seconds()
	}()
	return <-done
}
