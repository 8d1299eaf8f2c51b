package app

import (
	"blink/crypto"
	"blink/store"
)

// The ranking is an index of the validators that may be elected, by power. In a busy block nearly every message about
// stake changes a power, so the index is not written at each change: the state notes whose rank moves, and brings the
// index up to date before it is read, at the end of the block.

// rankMove is where the index has a validator whose rank has moved since.
type rankMove struct {
	operator crypto.Address
	power    Power
	listed   bool
}

// noteRank is called with a validator as it was, when its power or whether it is electable changes.
func (s *state) noteRank(op crypto.Address, before validator) {
	s.rankMoved = true
	for _, m := range s.moves {
		if m.operator == op {
			return // what the index has is noted already
		}
	}
	s.moves = append(s.moves, rankMove{op, before.power(), before.electable()})
}

// writeRanks brings the index up to date.
func (s *state) writeRanks() {
	for _, m := range s.moves {
		v := mustValidator(s.o, m.operator)
		if v.electable() == m.listed && v.power() == m.power {
			continue
		}
		if m.listed {
			s.o.Delete(rankKey(m.power, m.operator))
		}
		if v.electable() {
			s.o.Set(rankKey(v.power(), m.operator), mark)
		}
	}
	s.moves = nil // and not [:0]: a fork shares the array with what it was forked from
}

// ranking is the first limit electable validators, by power descending, operator ascending.
func ranking(r store.Reader, limit int) []member {
	var set []member
	scan(r, []byte{prefixRank}, func(k, _ []byte) bool {
		if len(set) == limit {
			return false
		}
		power, op := parseRankKey(k)
		set = append(set, member{op, memberRecord{mustValidator(r, op).key, power}})
		return true
	})
	return set
}

// anotherActive reports whether a validator besides op is in the set and may stay there. It walks the set and not the
// ranking: a transaction can change the ranking, and make it long to walk, but not the set.
func (s *state) anotherActive(op crypto.Address) bool {
	found := false
	scan(s.o, []byte{prefixLastSent}, func(k, _ []byte) bool {
		if other := addressAfterPrefix(k); other != op {
			v := mustValidator(s.o, other)
			found = v.status == Active && v.electable()
		}
		return !found
	})
	return found
}
