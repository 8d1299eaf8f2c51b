package link

import (
	"container/heap"
	"sync"
	"time"
)

// alarm wakes the streams of a mesh, all with one timer. It is there because a timer of Go is late by up to a
// millisecond in an idle process, and a transaction crosses four links: that would be a tenth of a delay of 10 ms.
type alarm struct {
	timer kernelTimer
	done  chan struct{} // closed when the goroutine has ended

	mu    sync.Mutex
	calls calls
}

// call is one stream's wish to be woken.
type call struct {
	at    time.Time
	due   chan struct{} // has room for one; full = was woken
	index int           // in the heap; -1 = not there
}

func newCall() *call { return &call{due: make(chan struct{}, 1), index: -1} }

func newAlarm() (*alarm, error) {
	timer, err := newKernelTimer()
	if err != nil {
		return nil, err
	}
	a := &alarm{timer: timer, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		for a.timer.wait() {
			a.ring()
		}
	}()
	return a, nil
}

// set has c woken at a moment, instead of at the one it was set to before.
func (a *alarm) set(c *call, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c.index >= 0 && c.at.Equal(at) {
		return
	}
	c.at = at
	if c.index < 0 {
		heap.Push(&a.calls, c)
	} else {
		heap.Fix(&a.calls, c.index)
	}
	if c.index == 0 {
		a.timer.set(time.Until(at))
	}
}

// cancel takes c out.
func (a *alarm) cancel(c *call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c.index >= 0 {
		heap.Remove(&a.calls, c.index)
	}
}

// ring wakes whose moment has come, and sets the timer for the next.
func (a *alarm) ring() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.calls) > 0 {
		next := a.calls[0]
		if wait := time.Until(next.at); wait > 0 {
			a.timer.set(wait)
			return
		}
		heap.Pop(&a.calls)
		select {
		case next.due <- struct{}{}:
		default:
		}
	}
}

func (a *alarm) close() {
	a.timer.close()
	<-a.done
}

// calls is a heap: the earliest first.
type calls []*call

func (c calls) Len() int           { return len(c) }
func (c calls) Less(i, j int) bool { return c[i].at.Before(c[j].at) }
func (c calls) Swap(i, j int) {
	c[i], c[j] = c[j], c[i]
	c[i].index, c[j].index = i, j
}

// Push is part of heap.Interface.
func (c *calls) Push(x any) {
	last := x.(*call)
	last.index = len(*c)
	*c = append(*c, last)
}

// Pop is part of heap.Interface.
func (c *calls) Pop() any {
	last := (*c)[len(*c)-1]
	(*c)[len(*c)-1] = nil
	*c = (*c)[:len(*c)-1]
	last.index = -1
	return last
}
