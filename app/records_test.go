package app

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"blink/crypto"
	"blink/genesis"
	"blink/tx"
)

// TestGoldenState pins every key and record of docs/state.md to its bytes: changed bytes are another chain.
func TestGoldenState(t *testing.T) {
	alice, val := crypto.Address{1: 0xaa, 32: 0x01}, crypto.Address{1: 0xbb, 32: 0x02}
	consensus := [32]byte{0: 0xcc, 31: 0x03}
	id := unbondingID{operator: val, delegator: alice, created: 5}
	u := unbonding{amount: 5, completionTime: 1_700_000_000_000_000_000, completionHeight: 90}
	v := validator{
		key: consensus, status: Jailed, tokens: 2_500_000, shares: 2_600_000,
		commission:  tx.Commission{Rate: 500, MaxRate: 2000, MaxDailyChange: 100},
		minSelfBond: 1_000_000, moniker: "val", details: "a validator", jailedUntil: 1_700_000_000_000_000_000,
		perShare: fixed{1, 2}, settled: fixed{3, 4}, purse: 5, commissionChanged: 1_600_000_000_000_000_000,
	}
	params := genesis.DefaultParams()

	var out strings.Builder
	line := func(name string, key, value []byte) { fmt.Fprintf(&out, "%s\n  %x\n  %x\n", name, key, value) }
	line("account", accountKey(alice), account{balance: 12_500_000, nonce: 7}.encode())
	line("chain id", []byte{prefixChainID}, []byte("blink-test-1"))
	line("params", []byte{prefixParams}, encodeParams(params))
	line("totals", []byte{prefixTotals}, totals{issued: 100, burned: 1, balances: 50, bonded: 30, unbonding: 10, fees: 9, rewards: 8, deposits: 7}.encode())
	line("validator", validatorKey(val), v.encode())
	line("consensus key", consensusKeyKey(consensus), val[:])
	line("consensus address", consensusAddressKey(consensusAddress(consensus)), val[:])
	line("rank", rankKey(v.power(), val), mark)
	line("last sent", lastSentKey(val), memberRecord{consensus, 2}.encode())
	line("delegation", delegationKey(alice, val), delegation{2_600_000, fixed{1, 2}}.encode())
	line("unbonding", id.key(), u.encode())
	line("unbonding of delegator", id.ofDelegatorKey(), mark)
	line("unbonding queue", id.queueKey(u), mark)
	line("misses", missesKey(val), misses{first: 4, count: 3}.encode())
	line("miss chunk", missChunkKey(val, 1), make([]byte, missChunk/8)[:1])
	line("slash", slashKey(val, 5, DuplicateVote), slashRecord{burned: 6, height: 7, time: 1_700_000_000_000_000_000}.encode())

	line("rewards", []byte{prefixRewards}, rewards{perPower: fixed{1, 2}, paidUntil: 1_700_000_000_000_000_000, remainder: 3, power: 4}.encode())
	line("withdraw address", withdrawKey(alice), val[:])
	line("delegator of validator", delegatorsKey(val, alice), mark)

	moved := redelegationID{source: val, delegator: alice, dest: crypto.Address{1: 0xdd, 32: 0x04}, created: 5}
	line("redelegation", moved.key(), redelegation(u).encode())
	line("redelegation of delegator", moved.ofDelegatorKey(), mark)
	line("redelegation end", moved.endKey(redelegation(u)), mark)

	p := proposal{
		proposer: alice, title: "More validators", summary: "There is room.", deposit: 100_000_000, kind: tx.ContentParams,
		height: 5, submitted: 1_700_000_000_000_000_000, ends: 1_700_000_060_000_000_000, status: Failed,
		tally: tally{yes: 1, no: 2, abstain: 3, veto: 4, stake: 20}, counted: 8, effect: 9, reason: ParamsInvalid,
	}
	_, content := tx.EncodeContent(tx.ParamsProposal{Changes: []tx.ParamChange{{Name: "max_validators", Value: 50}}, Height: 9})
	p.content = string(content)
	line("proposals", []byte{prefixProposal}, []byte{1})
	line("proposal", proposalKey(1), p.encode())
	line("voting queue", votingKey(p.ends, 1), mark)
	line("plan queue", planKey(9, 1), mark)
	line("version", appVersionKey(), []byte{2})
	line("vote", voteKey(1, alice), encodeVote(tx.VoteVeto))
	line("voted shares", votedSharesKey(1, val), votedShares{1, 2, 3, 4}.encode())

	const file = "testdata/state.golden"
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Error(firstDifference(string(want), out.String()))
	}

	for _, same := range []bool{
		decodeValidator(v.encode()) == v, decodeUnbonding(u.encode()) == u, decodeParams(encodeParams(params)) == params,
		reflect.DeepEqual(parseUnbondingKey(id.key()), id), parseUnbondingsOfKey(id.ofDelegatorKey()) == id,
		decodeRedelegation(redelegation(u).encode()) == redelegation(u), parseRedelegationKey(moved.key()) == moved,
		parseRedelegationsOfKey(moved.ofDelegatorKey()) == moved,
		decodeProposal(p.encode()) == p, decodeVotedShares(votedShares{1, 0, 3, 4}.encode()) == votedShares{1, 0, 3, 4},
	} {
		if !same {
			t.Error("a record or key does not survive encoding")
		}
	}
}

// TestEveryParameterIsKept: a field that is added to genesis.Params and not to the record would vanish.
func TestEveryParameterIsKept(t *testing.T) {
	var p genesis.Params
	fields := reflect.ValueOf(&p).Elem()
	for i := range fields.NumField() {
		if f := fields.Field(i); f.CanUint() {
			f.SetUint(uint64(i + 1))
		} else {
			f.SetInt(int64(i + 1))
		}
	}
	if got := decodeParams(encodeParams(p)); got != p {
		t.Errorf("got %+v, want %+v", got, p)
	}
}

// TestDamagedRecordsHalt: state is never guessed at.
func TestDamagedRecordsHalt(t *testing.T) {
	for name, record := range map[string][]byte{
		"unknown field": {0x78, 1}, "cut short": {0x08}, "bytes cut short": {0x0a, 9, 1}, "wire type": {0x0d, 0, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("was read without complaint")
				}
			}()
			decodeAccount(record)
		})
	}
}

// TestBrokenSupplyHalts: a coin from nowhere stops the node.
func TestBrokenSupplyHalts(t *testing.T) {
	defer func() {
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), "supply invariant broken") {
			t.Errorf("got %v", r)
		}
	}()
	totals{issued: 10, balances: 5, bonded: 6}.check()
}

// TestAuditFindsFaults spoils one record at a time.
func TestAuditFindsFaults(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a"}, []string{"v", "w"}, 10_000_000, 5_000_000))
	a, v := newPerson("a").address, newPerson("v").address
	moved := redelegationID{source: v, delegator: a, dest: newPerson("w").address, created: 1}
	for name, fault := range map[string]struct{ key, value []byte }{
		"balance":       {accountKey(a), account{balance: 1}.encode()},
		"shares":        {delegationKey(v, v), delegation{shares: 1}.encode()},
		"orphan shares": {delegationKey(a, v), delegation{shares: 1}.encode()},
		"rank":          {rankKey(9, v), mark},
		"told":          {lastSentKey(v), memberRecord{[32]byte{}, 9}.encode()},
		"queue":         {unbondingID{v, a, 1}.queueKey(unbonding{}), mark},
		"entry":         {unbondingID{v, a, 1}.key(), unbonding{amount: 1}.encode()},
		"redelegation":  {moved.key(), redelegation{amount: 1}.encode()},
		"redelegations": {moved.ofDelegatorKey(), mark},
		"its end":       {moved.endKey(redelegation{}), mark},
		"delegators":    {delegatorsKey(v, a), mark},
		"rewards":       {[]byte{prefixRewards}, rewards{perPower: fixed{0, fixedScale}, power: 10}.encode()},
		"reward power":  {[]byte{prefixRewards}, rewards{power: 11}.encode()},
		"totals":        {[]byte{prefixTotals}, totals{issued: 1}.encode()},
		"deposit":       {proposalKey(1), proposal{deposit: 1, kind: tx.ContentText, ends: 9}.encode()},
		"proposals":     {[]byte{prefixProposal}, []byte{1}},
		"voting queue":  {votingKey(9, 1), mark},
		"plan queue":    {planKey(9, 1), mark},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.memory.Fork()
			o.Set(fault.key, fault.value)
			if Audit(o) == nil {
				t.Error("was not found")
			}
		})
	}
	if err := Audit(c.state()); err != nil {
		t.Error(err)
	}
}
