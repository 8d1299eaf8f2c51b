package app

import (
	"crypto/sha256"
	"encoding/binary"

	"blink/crypto"
)

// Every key of the state starts with one of these bytes. docs/state.md lists them with their records; a prefix is never
// used for anything else again.
const (
	prefixAccount          = 'a' // address -> account
	prefixBusyBlocks       = 'b' // -> uvarint
	prefixChainID          = 'c' // -> text
	prefixDelegation       = 'd' // delegator, operator -> delegation
	prefixRedelegation     = 'e' // source, delegator, dest, created height -> redelegation
	prefixRedelegationsOf  = 'f' // delegator, dest, source, created height -> mark
	prefixRewards          = 'g' // -> rewards
	prefixWithdraw         = 'h' // delegator -> address that its rewards go to
	prefixProposal         = 'i' // -> uvarint, the number of proposals; id -> proposal
	prefixPlans            = 'j' // plansVoting, end, id -> mark; plansPassed, height, id -> mark; plansVersion -> uvarint
	prefixConsensusKey     = 'k' // key type, key -> operator; for ever
	prefixLastSent         = 'l' // operator -> member
	prefixMisses           = 'm' // operator -> misses; operator, chunk number -> bits
	prefixVote             = 'n' // proposal, voter -> vote
	prefixVotedShares      = 'o' // proposal, operator -> voted shares
	prefixParams           = 'p' // -> params
	prefixQueue            = 'q' // completion time, completion height, operator, delegator, created height -> mark
	prefixRank             = 'r' // power inverted, operator -> mark
	prefixSlash            = 's' // operator, infraction height, type -> slash record
	prefixTotals           = 't' // -> totals
	prefixUnbonding        = 'u' // operator, delegator, created height -> unbonding
	prefixValidator        = 'v' // operator -> validator
	prefixUnbondingsOf     = 'w' // delegator, operator, created height -> mark
	prefixConsensusAddress = 'x' // consensus address -> operator; for ever
	prefixDelegators       = 'y' // operator, delegator -> mark
	prefixRedelegationEnds = 'z' // completion time, completion height, source, delegator, dest, created height -> mark
)

// keyTypeEd25519 stands before a consensus key in its index, so that another type can never collide.
const keyTypeEd25519 = 1

// What stands after prefixPlans.
const (
	plansVoting  = 0 // proposals that are voted on, by the end of that
	plansPassed  = 1 // those that passed and wait for their height
	plansVersion = 2 // alone: the version of the rules in force
)

// mark is the value of keys whose presence says all.
var mark = []byte{1}

func key(prefix byte, parts ...[]byte) []byte {
	n := 1
	for _, p := range parts {
		n += len(p)
	}
	k := append(make([]byte, 0, n), prefix)
	for _, p := range parts {
		k = append(k, p...)
	}
	return k
}

// ordered writes n so that byte order is number order.
func ordered(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func accountKey(a crypto.Address) []byte    { return key(prefixAccount, a[:]) }
func validatorKey(op crypto.Address) []byte { return key(prefixValidator, op[:]) }
func consensusKeyKey(k [32]byte) []byte     { return key(prefixConsensusKey, []byte{keyTypeEd25519}, k[:]) }
func consensusAddressKey(a [20]byte) []byte { return key(prefixConsensusAddress, a[:]) }
func lastSentKey(op crypto.Address) []byte  { return key(prefixLastSent, op[:]) }
func missesKey(op crypto.Address) []byte    { return key(prefixMisses, op[:]) }
func missChunkKey(op crypto.Address, chunk uint64) []byte {
	return key(prefixMisses, op[:], ordered(chunk))
}
func delegationKey(del, op crypto.Address) []byte { return key(prefixDelegation, del[:], op[:]) }
func delegatorsKey(op, del crypto.Address) []byte { return key(prefixDelegators, op[:], del[:]) }
func withdrawKey(del crypto.Address) []byte       { return key(prefixWithdraw, del[:]) }
func rankKey(power Power, op crypto.Address) []byte {
	return key(prefixRank, ordered(^uint64(power)), op[:])
}

func proposalKey(id uint64) []byte { return key(prefixProposal, ordered(id)) }
func votingKey(ends int64, id uint64) []byte {
	return key(prefixPlans, []byte{plansVoting}, ordered(uint64(ends)), ordered(id))
}
func planKey(height int64, id uint64) []byte {
	return key(prefixPlans, []byte{plansPassed}, ordered(uint64(height)), ordered(id))
}
func appVersionKey() []byte                          { return key(prefixPlans, []byte{plansVersion}) }
func voteKey(id uint64, voter crypto.Address) []byte { return key(prefixVote, ordered(id), voter[:]) }
func votedSharesKey(id uint64, op crypto.Address) []byte {
	return key(prefixVotedShares, ordered(id), op[:])
}

func slashKey(op crypto.Address, height int64, t EvidenceType) []byte {
	return key(prefixSlash, op[:], ordered(uint64(height)), []byte{byte(t)})
}

// unbondingID names an unbonding entry: what one delegator took back from one validator in one block.
type unbondingID struct {
	operator, delegator crypto.Address
	created             int64 // height
}

func (id unbondingID) key() []byte {
	return key(prefixUnbonding, id.operator[:], id.delegator[:], ordered(uint64(id.created)))
}

func (id unbondingID) ofDelegatorKey() []byte {
	return key(prefixUnbondingsOf, id.delegator[:], id.operator[:], ordered(uint64(id.created)))
}

func (id unbondingID) queueKey(u unbonding) []byte {
	return key(prefixQueue, ordered(uint64(u.completionTime)), ordered(uint64(u.completionHeight)),
		id.operator[:], id.delegator[:], ordered(uint64(id.created)))
}

// redelegationID names a redelegation entry: what one delegator moved from one validator to another in one block.
type redelegationID struct {
	source, delegator, dest crypto.Address
	created                 int64 // height
}

func (id redelegationID) key() []byte {
	return key(prefixRedelegation, id.source[:], id.delegator[:], id.dest[:], ordered(uint64(id.created)))
}

func (id redelegationID) ofDelegatorKey() []byte {
	return key(prefixRedelegationsOf, id.delegator[:], id.dest[:], id.source[:], ordered(uint64(id.created)))
}

func (id redelegationID) endKey(x redelegation) []byte {
	return key(prefixRedelegationEnds, ordered(uint64(x.completionTime)), ordered(uint64(x.completionHeight)),
		id.source[:], id.delegator[:], id.dest[:], ordered(uint64(id.created)))
}

// The parse functions undo the keys above; the key must carry that prefix.

func parseUnbondingKey(k []byte) unbondingID {
	c := cutter{k[1:]}
	return unbondingID{operator: c.address(), delegator: c.address(), created: c.height()}
}

func parseUnbondingsOfKey(k []byte) unbondingID {
	c := cutter{k[1:]}
	id := unbondingID{delegator: c.address()}
	id.operator, id.created = c.address(), c.height()
	return id
}

func parseQueueKey(k []byte) (completionTime, completionHeight int64, id unbondingID) {
	c := cutter{k[1:]}
	completionTime, completionHeight = c.height(), c.height()
	return completionTime, completionHeight, unbondingID{operator: c.address(), delegator: c.address(), created: c.height()}
}

func parseRedelegationKey(k []byte) redelegationID {
	c := cutter{k[1:]}
	return redelegationID{source: c.address(), delegator: c.address(), dest: c.address(), created: c.height()}
}

func parseRedelegationsOfKey(k []byte) redelegationID {
	c := cutter{k[1:]}
	id := redelegationID{delegator: c.address()}
	id.dest, id.source, id.created = c.address(), c.address(), c.height()
	return id
}

func parseRedelegationEndKey(k []byte) (completionTime, completionHeight int64, id redelegationID) {
	c := cutter{k[1:]}
	completionTime, completionHeight = c.height(), c.height()
	return completionTime, completionHeight, parseRedelegationKey(k[16:])
}

func parseRankKey(k []byte) (Power, crypto.Address) {
	c := cutter{k[1:]}
	return Power(^uint64(c.height())), c.address()
}

func parseDelegationKey(k []byte) (delegator, operator crypto.Address) {
	c := cutter{k[1:]}
	return c.address(), c.address()
}

func parseDelegatorsKey(k []byte) (operator, delegator crypto.Address) {
	c := cutter{k[1:]}
	return c.address(), c.address()
}

func parseMissChunkKey(k []byte) (chunk uint64) {
	c := cutter{k[1:]}
	c.address()
	return uint64(c.height())
}

func parseSlashKey(k []byte) (int64, EvidenceType) {
	c := cutter{k[1:]}
	c.address()
	return c.height(), EvidenceType(c.rest[0])
}

// parsePlansKey reads the time or height and the id of a proposal in one of the two queues.
func parsePlansKey(k []byte) (at int64, id uint64) {
	c := cutter{k[2:]}
	return c.height(), uint64(c.height())
}

func parseProposalKey(k []byte) (id uint64) {
	c := cutter{k[1:]}
	return uint64(c.height())
}

// parseVoteKey reads the key of a vote, and that of voted shares, whose address is the operator's.
func parseVoteKey(k []byte) (id uint64, voter crypto.Address) {
	c := cutter{k[1:]}
	return uint64(c.height()), c.address()
}

// addressAfterPrefix reads the address that ends keys of the form prefix, address.
func addressAfterPrefix(k []byte) crypto.Address { return crypto.Address(k[1:]) }

// cutter takes fixed-width parts off a key.
type cutter struct{ rest []byte }

func (c *cutter) address() (a crypto.Address) {
	c.rest = c.rest[copy(a[:], c.rest):]
	return a
}

func (c *cutter) height() int64 {
	n := binary.BigEndian.Uint64(c.rest)
	c.rest = c.rest[8:]
	return int64(n)
}

// prefixEnd is the first key after all keys that start with prefix. Prefixes here start with a letter, so there is one.
func prefixEnd(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; ; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
}

// consensusAddress is how CometBFT names an ed25519 key: the first 20 bytes of its SHA-256.
func consensusAddress(k [32]byte) [20]byte {
	h := sha256.Sum256(k[:])
	return [20]byte(h[:20])
}
