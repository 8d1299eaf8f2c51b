package link

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// Whoever sets an alarm is woken, not before the moment, however many others are set, moved and cancelled meanwhile.
func TestAlarm(t *testing.T) {
	a, err := newAlarm()
	must(t, err)
	defer a.close()
	var work sync.WaitGroup
	for i := range 20 {
		work.Go(func() {
			rng := rand.New(rand.NewPCG(1, uint64(i)))
			c := newCall()
			for range 50 {
				a.set(c, time.Now().Add(time.Hour))
				if rng.IntN(4) == 0 {
					a.cancel(c)
				}
				at := time.Now().Add(time.Duration(rng.IntN(3000)-500) * time.Microsecond)
				a.set(c, at)
				<-c.due
				if early := time.Until(at); early > 0 {
					t.Errorf("woken %v early", early)
				}
			}
			a.set(c, time.Now().Add(time.Hour))
			a.cancel(c)
		})
	}
	work.Wait()
	if len(a.calls) > 0 {
		t.Errorf("%d calls are left", len(a.calls))
	}
}
