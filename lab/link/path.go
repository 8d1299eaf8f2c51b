package link

import (
	"sync"
	"sync/atomic"
	"time"
)

// settings is how a path behaves at a moment.
type settings struct {
	base, fault delay
	rate        int64 // bytes per second; 0 = no limit
	held        bool
}

// heal ends what is not the path's nature.
func (s *settings) heal() { *s = settings{base: s.base} }

// path is one direction of a link. Every connection of the link looks at its settings.
type path struct {
	bytes atomic.Int64 // delivered

	mu      sync.Mutex
	now     settings
	changed chan struct{} // closed when now is no longer true
	free    time.Time     // when the limited path has sent what it was given
}

func newPath() *path { return &path{changed: make(chan struct{})} }

// change replaces the settings and wakes everybody who acts by them.
func (p *path) change(do func(*settings)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.now
	do(&p.now)
	if p.now == before {
		return
	}
	if p.now.rate != before.rate {
		p.free = time.Now() // what the old rate has delayed, or let pass, does not count at the new one
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// settings returns how the path behaves, and what is closed when that has changed.
func (p *path) settings() (settings, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now, p.changed
}

// A limited path sends in slices, so many in a second, and each arrives when its last byte does.
const slicesPerSecond = 100

// credit is how much time a limited path may make up for, when the wake-up of this process was late.
const credit = 20 * time.Millisecond

// reserve books the limited path for n bytes that are there since due, and returns when it has sent them.
func (p *path) reserve(due time.Time, n int) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now.rate == 0 {
		return due
	}
	for _, t := range []time.Time{due, time.Now().Add(-credit)} {
		if t.After(p.free) {
			p.free = t
		}
	}
	p.free = p.free.Add(time.Duration(float64(n) / float64(p.now.rate) * float64(time.Second)))
	return p.free
}
