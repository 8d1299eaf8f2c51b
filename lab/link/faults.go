package link

import (
	"fmt"
	"time"
)

// Base sets the latency that the path has without any fault, as of a wide area network: every byte takes latency, and
// up to jitter more, evenly spread. Since nothing overtakes what was sent before it, a busy path is nearer to latency +
// jitter. Healing leaves it. Bytes that are under way keep the delay they left with.
func (m *Mesh) Base(from, to int, latency, jitter time.Duration) error {
	d, err := newDelay(latency, jitter)
	if err != nil {
		return err
	}
	return m.change(from, to, func(s *settings) { s.base = d })
}

// Delay makes a path slow by latency, and up to jitter more, on top of its base latency, and in the same way.
func (m *Mesh) Delay(from, to int, latency, jitter time.Duration) error {
	d, err := newDelay(latency, jitter)
	if err != nil {
		return err
	}
	return m.change(from, to, func(s *settings) { s.fault = d })
}

// Bandwidth limits a path to so many bytes per second, of all its connections together.
func (m *Mesh) Bandwidth(from, to int, bytesPerSecond int64) error {
	if bytesPerSecond < 1 {
		return fmt.Errorf("bandwidth must be at least 1 byte per second, was %d", bytesPerSecond)
	}
	return m.change(from, to, func(s *settings) { s.rate = bytesPerSecond })
}

// Hold makes a path a black hole: what is sent from now on does not arrive, and nobody is told, not even of an end of
// the connection. Nothing of the stream is lost: the bytes wait, here and then at the sender, and flow when the path is
// healed. A connection that is opened while either direction is held comes about when both are free, if its dialler
// has not given up by then.
func (m *Mesh) Hold(from, to int) error {
	return m.change(from, to, func(s *settings) { s.held = true })
}

// Reset resets every connection of a link at both ends, and each new one as soon as it is opened, until the link is
// healed in either direction. It has no direction: a TCP connection that one end has been told is over is over, since
// whatever the other end sends next is answered with a reset, too.
func (m *Mesh) Reset(i, j int) error {
	l, err := m.link(i, j)
	if err != nil {
		return err
	}
	l.reset()
	return nil
}

// Heal ends the faults of a path: delay, bandwidth and hold; and a reset of its link. Its base latency stays.
func (m *Mesh) Heal(from, to int) error {
	l, err := m.link(from, to)
	if err != nil {
		return err
	}
	l.path(from).change((*settings).heal)
	l.accept()
	return nil
}

// HealAll heals every path.
func (m *Mesh) HealAll() {
	for _, p := range m.Pairs() {
		_ = m.Heal(p.A, p.B) // the link exists
		_ = m.Heal(p.B, p.A)
	}
}

// change applies a change to the settings of a path.
func (m *Mesh) change(from, to int, do func(*settings)) error {
	p, err := m.path(from, to)
	if err != nil {
		return err
	}
	p.change(do)
	return nil
}
