package app

import (
	"encoding/binary"

	"blink/genesis"
	"blink/store"
	"blink/tx"
)

// FirstAppVersion is the version of the rules that every chain begins with.
const FirstAppVersion = 1

// AppVersionOf is the version of the rules in force: which block it was raised in, an upgrade proposal said.
func AppVersionOf(r store.Reader) uint64 {
	b := r.Get(appVersionKey())
	if b == nil {
		return FirstAppVersion
	}
	n, _ := binary.Uvarint(b)
	return n
}

// plansDue are the passed proposals that take effect in the block of a height, by height, then id.
func plansDue(r store.Reader, height int64) []uint64 {
	var due []uint64
	r.Range(planKey(0, 0), planKey(height+1, 0), func(k, _ []byte) bool {
		_, id := parsePlansKey(k)
		due = append(due, id)
		return true
	})
	return due
}

// applyPlans carries out what was passed for this height, one proposal after the other: what cannot be carried out on
// top of those before it fails, as a whole.
func (s *state) applyPlans() (params *genesis.Params, version uint64) {
	for _, id := range plansDue(s.o, s.height) {
		p := mustProposal(s.o, id)
		switch c := p.decoded().(type) {
		case tx.ParamsProposal:
			if p.reason = s.changeParams(c.Changes); p.reason == NoFailure {
				params = s.params
			}
		case tx.UpgradeProposal:
			if p.reason = s.upgrade(c.AppVersion); p.reason == NoFailure {
				version = c.AppVersion
			}
		}
		s.o.Delete(planKey(p.effect, id))
		s.finish(id, p)
	}
	return params, version
}

// finish records how a plan ended, and says so.
func (s *state) finish(id uint64, p proposal) {
	p.status = Executed
	if p.reason != NoFailure {
		p.status = Failed
	}
	s.o.Set(proposalKey(id), p.encode())
	e := Event{Type: EventParams, Proposal: id, Status: p.status, Reason: p.reason}
	if c, ok := p.decoded().(tx.UpgradeProposal); ok {
		e.Type, e.AppVersion = EventUpgrade, c.AppVersion
	}
	s.emit(e)
}

// changeParams puts parameters into force. Another number of validators means another set.
func (s *state) changeParams(changes []tx.ParamChange) FailReason {
	next, err := changed(*s.params, changes)
	if err != nil {
		return ParamsInvalid
	}
	s.rankMoved = s.rankMoved || next.MaxValidators != s.params.MaxValidators
	if next != *s.params {
		s.o.Set([]byte{prefixParams}, encodeParams(next))
		s.params = &next
	}
	return NoFailure
}

func (s *state) upgrade(version uint64) FailReason {
	if version <= AppVersionOf(s.o) {
		return VersionPassed
	}
	s.o.Set(appVersionKey(), binary.AppendUvarint(nil, version))
	return NoFailure
}

// changed is p with all changes, valid as a whole, or an error that says what is wrong.
func changed(p genesis.Params, changes []tx.ParamChange) (genesis.Params, error) {
	for _, c := range changes {
		var err error
		if p, err = p.With(c.Name, c.Value); err != nil {
			return p, err
		}
	}
	return p, p.Validate()
}
