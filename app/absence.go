package app

import (
	"bytes"
	"encoding/binary"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

// Absences are counted in busy blocks alone: those that carry transactions or evidence. A block without them must write
// nothing even while a validator is down; otherwise each recorded absence would change the app hash, which makes
// CometBFT propose another block at once (State.needProofBlock), which would record the next absence: an idle network
// with one dead validator would spin at full speed until that validator is jailed, within seconds of a reboot. So an
// idle chain forgives, and DowntimeWindowBlocks counts busy blocks.

// busyBlocks is the number of busy blocks so far.
func busyBlocks(r store.Reader) uint64 {
	b := r.Get([]byte{prefixBusyBlocks})
	if b == nil {
		return 0
	}
	n, _ := binary.Uvarint(b)
	return n
}

// recordAbsences writes misses (never signatures) and jails who missed too many of the last busy blocks.
func (s *state) recordAbsences(b Block) {
	if len(b.Txs) == 0 && len(b.Evidence) == 0 {
		return
	}
	n := busyBlocks(s.o) + 1
	s.o.Set([]byte{prefixBusyBlocks}, binary.AppendUvarint(nil, n))
	for _, vote := range b.LastCommit {
		if vote.Absent {
			s.recordAbsence(vote.Address, n)
		}
	}
}

func (s *state) recordAbsence(address [20]byte, busy uint64) {
	op, known := operatorOf(s.o, address)
	if !known {
		return
	}
	v := mustValidator(s.o, op)
	if v.status != Active {
		return // jailed or voted out already; consensus hears of it two blocks later
	}
	if s.countMiss(op, busy) > uint64(s.params.DowntimeMaxMissed) && s.anotherActive(op) {
		s.punishDowntime(op, v)
	}
}

// punishDowntime takes a little of the bonded stake and jails. Unbonding entries are spared: to be away is no attack.
func (s *state) punishDowntime(op crypto.Address, before validator) {
	after := before
	cut := coin.Amount(mulDivUp(uint64(before.tokens), uint64(s.params.SlashDowntime), tx.MaxBasisPoints))
	after.tokens -= cut
	s.burn(op, s.height-1, Downtime, cut)
	s.jail(op, &after, s.time.Add(time.Duration(s.params.JailSeconds)*time.Second))
	s.setValidator(op, before, after)
}

// missChunk is how many busy blocks share one record of misses: few bytes are written per miss, whatever the window.
const missChunk = 1024

// countMiss notes that op missed busy block n, and returns how many of the window's blocks it missed. What the window has
// passed over since the last miss is taken off now, for good, even if a proposal makes the window wider later: nothing is
// written for a block that was signed.
func (s *state) countMiss(op crypto.Address, n uint64) uint64 {
	m := decodeMisses(s.o.Get(missesKey(op)))
	if window := uint64(s.params.DowntimeWindowBlocks); n >= window && n-window+1 > m.first {
		m.count -= s.forgetMisses(op, m.first, n-window+1)
		m.first = n - window + 1
	}
	s.setMissed(op, n)
	m.count++
	s.o.Set(missesKey(op), m.encode())
	return m.count
}

func (s *state) setMissed(op crypto.Address, n uint64) {
	chunk := make([]byte, missChunk/8)
	copy(chunk, s.o.Get(missChunkKey(op, n/missChunk)))
	chunk[n%missChunk/8] |= 1 << (n % 8)
	s.o.Set(missChunkKey(op, n/missChunk), chunk)
}

// forgetMisses counts the misses in the busy blocks [from, to) and deletes chunks that end before to.
func (s *state) forgetMisses(op crypto.Address, from, to uint64) uint64 {
	missed, passed := countMisses(s.o, op, from, to)
	for _, k := range passed {
		s.o.Delete(k)
	}
	return missed
}

// countMisses counts the misses in the busy blocks [from, to), and lists the keys of the chunks that end before to.
func countMisses(r store.Reader, op crypto.Address, from, to uint64) (missed uint64, passed [][]byte) {
	r.Range(missChunkKey(op, from/missChunk), missChunkKey(op, to/missChunk+1), func(k, chunk []byte) bool {
		start := parseMissChunkKey(k) * missChunk
		for i := max(from, start); i < min(to, start+missChunk); i++ {
			missed += uint64(chunk[i%missChunk/8] >> (i % 8) & 1)
		}
		if start+missChunk <= to {
			passed = append(passed, bytes.Clone(k))
		}
		return true
	})
	return missed, passed
}

// resetMisses begins a new window, for a validator that joins the set.
func (s *state) resetMisses(op crypto.Address) {
	var all [][]byte
	scan(s.o, missesKey(op), func(k, _ []byte) bool { all = append(all, bytes.Clone(k)); return true })
	for _, k := range all {
		s.o.Delete(k)
	}
}
