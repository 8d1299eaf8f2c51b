package app

import (
	"bytes"
	"time"

	"blink/crypto"
	"blink/genesis"
	"blink/store"
)

// Export is the genesis of a chain that goes on from the state r: under another id, with its first block at a height
// and, in block time, at a moment. The heights go on, because entries of the state name heights; so initialHeight is
// the one after that of r. InitChain takes the document back. It holds every record; indices and sums follow from them.
func Export(r store.Reader, chainID string, initialHeight int64, at time.Time) genesis.Document {
	t, w := readTotals(r), readRewards(r)
	return genesis.Document{
		ChainID: chainID, GenesisTime: at.UTC(), InitialHeight: initialHeight, Params: ParamsOf(r),
		Accounts: []genesis.Account{}, Validators: []genesis.Validator{},
		State: &genesis.State{
			AppVersion: AppVersionOf(r), BusyBlocks: busyBlocks(r), Issued: t.issued, Burned: t.burned, Fees: t.fees,
			Rewards: genesis.RewardState{
				Unpaid: t.rewards, PerPower: w.perPower.export(), PaidUntil: fromNano(w.paidUntil), Remainder: w.remainder,
			},
			Accounts: exportAccounts(r), Validators: exportValidators(r), Delegations: exportDelegations(r),
			Unbondings: exportUnbondings(r), Redelegations: exportRedelegations(r), Proposals: exportProposals(r),
		},
	}
}

func exportAccounts(r store.Reader) []genesis.AccountState {
	all := []genesis.AccountState{}
	scan(r, []byte{prefixAccount}, func(k, b []byte) bool {
		address, a := addressAfterPrefix(k), decodeAccount(b)
		out := genesis.AccountState{Address: address, Balance: a.balance, Nonce: a.nonce}
		if to := withdrawAddress(r, address); to != address {
			out.WithdrawAddress = &to
		}
		all = append(all, out)
		return true
	})
	return all
}

func exportValidators(r store.Reader) []genesis.ValidatorState {
	all := []genesis.ValidatorState{}
	scan(r, []byte{prefixValidator}, func(k, b []byte) bool {
		op, v := addressAfterPrefix(k), decodeValidator(b)
		out := genesis.ValidatorState{
			Operator: op, ConsensusKey: bytes.Clone(v.key[:]), Status: v.status.String(), JailedUntil: exportTime(v.jailedUntil),
			Tokens: v.tokens, Shares: v.shares, MinSelfBond: v.minSelfBond, Moniker: v.moniker, Details: v.details,
			Commission: v.commission, RateChanged: exportTime(v.commissionChanged),
			PerShare: v.perShare.export(), Settled: v.settled.export(), Purse: v.purse,
			Misses: exportMisses(r, op), Slashes: exportSlashes(r, op),
		}
		if m := r.Get(lastSentKey(op)); m != nil {
			out.Power = decodeMember(m).power
		}
		all = append(all, out)
		return true
	})
	return all
}

// exportMisses writes the bits as runs. The count follows from them.
func exportMisses(r store.Reader, op crypto.Address) *genesis.MissesState {
	b := r.Get(missesKey(op))
	if b == nil {
		return nil
	}
	out := &genesis.MissesState{Since: decodeMisses(b).first, Runs: []genesis.Blocks{}}
	r.Range(missChunkKey(op, 0), prefixEnd(missesKey(op)), func(k, chunk []byte) bool {
		start := parseMissChunkKey(k) * missChunk
		for i := range uint64(len(chunk)) * 8 {
			n := start + i
			switch last := len(out.Runs) - 1; {
			case chunk[i/8]>>(i%8)&1 == 0:
			case last >= 0 && out.Runs[last].To+1 == n:
				out.Runs[last].To = n
			default:
				out.Runs = append(out.Runs, genesis.Blocks{From: n, To: n})
			}
		}
		return true
	})
	return out
}

func exportSlashes(r store.Reader, op crypto.Address) (all []genesis.SlashState) {
	for _, x := range SlashesOf(r, op) {
		all = append(all, genesis.SlashState{Infraction: x.Infraction, Type: x.Type.String(), Burned: x.Burned, Height: x.Height, Time: x.Time})
	}
	return all
}

func exportDelegations(r store.Reader) []genesis.DelegationState {
	all := []genesis.DelegationState{}
	scan(r, []byte{prefixDelegation}, func(k, b []byte) bool {
		delegator, op := parseDelegationKey(k)
		d := decodeDelegation(b)
		all = append(all, genesis.DelegationState{Delegator: delegator, Validator: op, Shares: d.shares, Settled: d.settled.export()})
		return true
	})
	return all
}

func exportUnbondings(r store.Reader) []genesis.UnbondingState {
	all := []genesis.UnbondingState{}
	scan(r, []byte{prefixUnbonding}, func(k, b []byte) bool {
		id, u := parseUnbondingKey(k), decodeUnbonding(b)
		all = append(all, genesis.UnbondingState{
			Validator: id.operator, Delegator: id.delegator, CreatedHeight: id.created, Amount: u.amount,
			CompletionTime: fromNano(u.completionTime), CompletionHeight: u.completionHeight,
		})
		return true
	})
	return all
}

func exportRedelegations(r store.Reader) []genesis.RedelegationState {
	all := []genesis.RedelegationState{}
	scan(r, []byte{prefixRedelegation}, func(k, b []byte) bool {
		id, x := parseRedelegationKey(k), decodeRedelegation(b)
		all = append(all, genesis.RedelegationState{
			From: id.source, Delegator: id.delegator, To: id.dest, CreatedHeight: id.created, Amount: x.amount,
			CompletionTime: fromNano(x.completionTime), CompletionHeight: x.completionHeight,
		})
		return true
	})
	return all
}

// exportTime leaves out a moment that there was not.
func exportTime(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return fromNano(ns)
}

func (a fixed) export() genesis.Fixed { return genesis.Fixed{Hi: a.hi, Lo: a.lo} }
