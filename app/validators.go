package app

import (
	"bytes"
	"slices"

	"blink/crypto"
	"blink/store"
)

// ResendInterval, in blocks: at each multiple of it without other updates one validator is sent again as it is. CometBFT
// v0.40 computes a height's validator set by replaying the proposer priorities of every block since the last update
// (state.store.LoadValidators), which costs more and more on a chain whose validators never change.
const ResendInterval = 500

// member is a validator in the set: what consensus knows of it.
type member struct {
	operator crypto.Address
	memberRecord
}

// updates is the difference between two sets, by operator ascending: each key at most once, removals only of members,
// nothing for those who stay as they are. An update that CometBFT finds invalid halts every node for good, so this
// function is tested against ValidatorSet.UpdateWithChangeSet. Both arguments must be sorted by operator.
func updates(last, next []member) []ValidatorUpdate {
	var out []ValidatorUpdate
	for len(last) > 0 || len(next) > 0 {
		switch c := compareMembers(last, next); {
		case c < 0: // left
			out = append(out, ValidatorUpdate{last[0].key, 0})
			last = last[1:]
		case c > 0: // joined
			out = append(out, ValidatorUpdate{next[0].key, next[0].power})
			next = next[1:]
		default:
			if last[0].power != next[0].power {
				out = append(out, ValidatorUpdate{next[0].key, next[0].power})
			}
			last, next = last[1:], next[1:]
		}
	}
	return out
}

// compareMembers orders the heads of two lists; an empty list comes last.
func compareMembers(a, b []member) int {
	switch {
	case len(a) == 0:
		return 1
	case len(b) == 0:
		return -1
	}
	return bytes.Compare(a[0].operator[:], b[0].operator[:])
}

// resend picks the member that a block at a height may send unchanged. It follows from the height alone, so that
// nothing needs to be written.
func resend(height int64, set []member) []ValidatorUpdate {
	if height%ResendInterval != 0 || len(set) == 0 {
		return nil
	}
	m := set[height/ResendInterval%int64(len(set))]
	return []ValidatorUpdate{{m.key, m.power}}
}

// lastSent is the set that consensus was told, by operator ascending.
func lastSent(r store.Reader) []member {
	var set []member
	scan(r, []byte{prefixLastSent}, func(k, v []byte) bool {
		set = append(set, member{addressAfterPrefix(k), decodeMember(v)})
		return true
	})
	return set
}

// elect chooses the set that consensus should have: the top of the ranking. If nobody has any power left, those of the
// last set who are still active stay as they are: an empty set would end the chain. There always is one, because no
// transaction and no punishment takes the last active validator out (anotherActive).
func (s *state) elect(last []member) []member {
	s.writeRanks()
	if top := ranking(s.o, int(s.params.MaxValidators)); len(top) > 0 {
		return top
	}
	return slices.DeleteFunc(slices.Clone(last), func(m member) bool {
		return mustValidator(s.o, m.operator).status != Active
	})
}
