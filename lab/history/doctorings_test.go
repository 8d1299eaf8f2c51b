package history_test

import (
	"slices"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/lab/history"
	"blink/tx"
)

// doctoring is a lie, and the rule that must find it.
type doctoring struct {
	name, rule string
	do         func(*doctor)
}

func doctorings() []doctoring {
	return slices.Concat(disagreements(), badBlocks(), badTransactions(), brokenPromises(), brokenBooks())
}

// disagreements: one node says something else than the others.
func disagreements() []doctoring {
	return []doctoring{
		{"a node has another block", history.RuleAgreement, func(d *doctor) {
			d.atOne(0, func(b *history.Block) { b.Hash = hexOf("another block") })
		}},
		{"a node has another state before a block", history.RuleAgreement, func(d *doctor) {
			d.atOne(0, func(b *history.Block) { b.AppHash = hexOf("another state") })
		}},
		{"a node has another state in the end", history.RuleAgreement, func(d *doctor) {
			d.report(func(c *history.Chain) { c.AppHash = hexOf("another state") })
		}},
		{"a node has another time of a block", history.RuleAgreement, func(d *doctor) {
			d.atOne(0, func(b *history.Block) { b.Time = b.Time.Add(1) })
		}},
		{"a node has another proposer of a block", history.RuleAgreement, func(d *doctor) {
			d.atOne(0, func(b *history.Block) { b.Proposer = hexOf("another proposer") })
		}},
		{"a node lacks a transaction of a block", history.RuleAgreement, func(d *doctor) {
			d.atOne(1, func(b *history.Block) { b.Txs = b.Txs[1:] })
		}},
		{"a node has a block's transactions in another order", history.RuleAgreement, func(d *doctor) {
			d.atOne(2, func(b *history.Block) {
				last := len(b.Txs) - 1
				b.Txs[0], b.Txs[last] = b.Txs[last], b.Txs[0]
			})
		}},
		{"a node has another code of a transaction", history.RuleAgreement, func(d *doctor) {
			d.atOne(1, func(b *history.Block) { b.Txs[0].Code = "unsupported" })
		}},
	}
}

// badBlocks: blocks that are not a chain.
func badBlocks() []doctoring {
	return []doctoring{
		{"a node lacks a block in the middle", history.RuleHeights, func(d *doctor) {
			d.report(func(c *history.Chain) { c.Blocks = slices.Delete(c.Blocks, 1, 2) })
		}},
		{"every node lacks a block in the middle", history.RuleHeights, func(d *doctor) {
			h := d.Chains[0].Blocks[len(d.Chains[0].Blocks)/2].Height
			d.reports(func(c *history.Chain) {
				c.Blocks = slices.DeleteFunc(c.Blocks, func(b history.Block) bool { return b.Height == h })
			})
		}},
		{"a node has a block twice", history.RuleHeights, func(d *doctor) {
			d.report(func(c *history.Chain) { c.Blocks = slices.Insert(c.Blocks, 1, c.Blocks[0]) })
		}},
		{"a node has two blocks the other way round", history.RuleHeights, func(d *doctor) {
			d.report(func(c *history.Chain) { c.Blocks[0], c.Blocks[1] = c.Blocks[1], c.Blocks[0] })
		}},
		{"a node lacks the last block that it says it has", history.RuleHeights, func(d *doctor) {
			d.report(func(c *history.Chain) { c.Last++ })
		}},
		{"a node has a block before the first", history.RuleHeights, func(d *doctor) {
			d.report(func(c *history.Chain) { c.First = 0 })
		}},
		{"block time goes back", history.RuleTime, func(d *doctor) {
			from := d.Chains[0].Blocks[1+d.r.IntN(len(d.Chains[0].Blocks)-1)].Height
			d.from(from, func(b *history.Block) { b.Time = b.Time.Add(-time.Hour) })
		}},
		{"block time stands still", history.RuleTime, func(d *doctor) {
			i := 1 + d.r.IntN(len(d.Chains[0].Blocks)-1)
			before := d.Chains[0].Blocks[i-1].Time
			d.everywhere(d.Chains[0].Blocks[i].Height, func(b *history.Block) { b.Time = before })
		}},
	}
}

// badTransactions: what no honest validator lets into a block.
func badTransactions() []doctoring {
	flip := func(change func(raw []byte) []byte) func(*doctor) {
		return func(d *doctor) {
			s := d.any(isOK)
			if d.gone {
				return
			}
			d.everywhere(s.height, func(b *history.Block) { b.Txs[s.index].Raw = change(slices.Clone(s.Raw)) })
		}
	}
	return []doctoring{
		{"bytes are added to a transaction", history.RuleCanonical, flip(func(raw []byte) []byte { return append(raw, 0) })},
		{"a transaction is cut off", history.RuleCanonical, flip(func(raw []byte) []byte { return raw[:len(raw)-1] })},
		{"a signature is changed", history.RuleSignature, flip(func(raw []byte) []byte { raw[len(raw)-1] ^= 1; return raw })},
		{"an amount or memo is changed after signing", history.RuleSignature, flip(func(raw []byte) []byte {
			s, err := tx.Decode(raw)
			if err != nil {
				panic(err)
			}
			body := s.Body()
			body.Fee++
			bytes, err := body.Encode()
			if err != nil {
				panic(err)
			}
			forged, err := tx.Assemble(bytes, s.Witness())
			if err != nil {
				panic(err)
			}
			return forged.Raw()
		})},
		{"a transaction of another chain", history.RuleChainID, func(d *doctor) {
			s := d.stranger(func(b *tx.Body) { b.ChainID = "another-chain" })
			height, index := d.add(s.Raw(), "ok")
			d.submit(s, "ok", height, index)
		}},
		{"a transaction that nobody submitted", history.RulePhantom, func(d *doctor) {
			d.add(d.stranger(func(*tx.Body) {}).Raw(), "insufficient_balance")
		}},
		{"a submission that nobody knows of", history.RulePhantom, func(d *doctor) {
			s := d.any(func(s spot) bool { return d.submission(s.id) != nil })
			d.Submissions = slices.DeleteFunc(d.Submissions, func(x history.Submission) bool { return x.ID == s.id })
		}},
		{"a transaction in a block that is past its time", history.RuleValidUntil, func(d *doctor) {
			s := d.any(all)
			late := time.Unix(s.body.ValidUntil, 1).Sub(s.at)
			d.from(s.height, func(b *history.Block) { b.Time = b.Time.Add(late) })
		}},
		{"a transaction in the chain twice", history.RuleOnce, func(d *doctor) {
			s := d.any(isOK)
			d.add(s.Raw, "ok")
		}},
		{"a transaction in the chain twice, the second time without effect", history.RuleOnce, func(d *doctor) {
			s := d.any(isOK)
			last := d.Chains[0].Blocks[len(d.Chains[0].Blocks)-1].Height
			d.everywhere(last, func(b *history.Block) { b.Txs = append(b.Txs, history.BlockTx{Raw: s.Raw, Code: "nonce_too_low"}) })
		}},
	}
}

// brokenPromises: what clients were told is not so.
func brokenPromises() []doctoring {
	return []doctoring{
		{"a final transaction is lost", history.RuleFinal, func(d *doctor) {
			s, _ := d.anyTold()
			d.remove(s)
		}},
		{"a final transaction is lost with its block, the last one", history.RuleFinal, func(d *doctor) {
			s, _ := d.anyTold()
			d.reports(func(c *history.Chain) {
				c.Blocks = slices.DeleteFunc(c.Blocks, func(b history.Block) bool { return b.Height >= s.height })
				c.Last = min(c.Last, s.height-1)
				c.StateAt, c.Accounts, c.Supply, c.AppHash = 0, nil, nil, ""
			})
		}},
		{"a final transaction is in another block", history.RuleFinal, func(d *doctor) {
			s, _ := d.anyTold()
			d.remove(s)
			for to := int64(0); !d.gone; {
				if to = d.anyHeight(); to != s.height {
					d.everywhere(to, func(b *history.Block) { b.Txs = append(slices.Clone(b.Txs), s.BlockTx) })
					return
				}
			}
		}},
		{"another height is told", history.RuleFinal, func(d *doctor) { _, s := d.anyTold(); s.Height++ }},
		{"another index is told", history.RuleFinal, func(d *doctor) { _, s := d.anyTold(); s.Index++ }},
		{"another code is told", history.RuleFinal, func(d *doctor) { _, s := d.anyTold(); s.Code += "!" }},
		{"what never was in a block is told final", history.RuleFinal, func(d *doctor) {
			d.submit(d.stranger(func(*tx.Body) {}), "ok", d.anyHeight(), 0)
		}},
		{"expired is told of a transaction in a block", history.RuleNever, func(d *doctor) {
			_, s := d.anyTold()
			s.Status, s.Code, s.Height, s.Index = history.Expired, "", 0, 0
		}},
		{"a bad signature is told of a transaction in a block", history.RuleNever, func(d *doctor) {
			_, s := d.anyTold()
			s.Status, s.Code, s.Height, s.Index = history.Rejected, "bad_signature", 0, 0
		}},
		{"a transaction stands before one that was final when it was submitted", history.RuleOrder, func(d *doctor) {
			later, known := d.anyTold()
			s := d.any(func(s spot) bool {
				return d.submission(s.id) != nil && (s.height < later.height || s.height == later.height && s.index < later.index)
			})
			if d.gone {
				return
			}
			sub := d.submission(s.id)
			sub.Submitted = known.Answered + 1
			sub.Answered = max(sub.Answered, sub.Submitted)
		}},
		{"a submission is listed twice", history.RuleInput, func(d *doctor) {
			d.Submissions = append(d.Submissions, one(d, d.Submissions))
		}},
		{"a submission has another one's id", history.RuleInput, func(d *doctor) {
			_, s := d.anyTold()
			s.Raw = d.any(func(x spot) bool { return x.id != s.ID }).Raw
		}},
	}
}

// brokenBooks: accounts that do not follow from the transactions.
func brokenBooks() []doctoring {
	insert := func(code string, change func(*tx.Body)) func(*doctor) {
		return func(d *doctor) {
			s := d.stranger(change)
			height, index := d.add(s.Raw(), code)
			d.submit(s, code, height, index)
		}
	}
	recode := func(keep func(spot) bool, code string) func(*doctor) {
		return func(d *doctor) {
			s := d.any(keep)
			if d.gone {
				return
			}
			d.everywhere(s.height, func(b *history.Block) { b.Txs[s.index].Code = code })
			if sub := d.submission(s.id); sub != nil && sub.Height > 0 {
				sub.Code = code
			}
		}
	}
	return []doctoring{
		{"a nonce is left out", history.RuleNonce, func(d *doctor) {
			s := d.any(func(s spot) bool {
				return isOK(s) && len(d.spots(func(x spot) bool { return isOK(x) && x.body.Sender == s.body.Sender && x.body.Nonce > s.body.Nonce })) > 0
			})
			d.remove(s)
			d.Submissions = slices.DeleteFunc(d.Submissions, func(x history.Submission) bool { return x.ID == s.id })
		}},
		{"a nonce is used ahead of its time", history.RuleNonce, insert("ok", func(b *tx.Body) { b.Nonce = 7 })},
		{"money is spent that is not there", history.RuleOverspend, insert("ok", func(*tx.Body) {})},
		{"a fee is paid that is not there", history.RuleOverspend, insert("ok", func(b *tx.Body) {
			b.Msgs = []tx.Msg{tx.Unjail{}}
		})},
		{"a transaction that was paid for is called unpaid", history.RuleCode, recode(func(s spot) bool {
			return isOK(s) && onlyTransfers(s.body)
		}, "unknown_validator")},
		{"a transaction with too small a fee succeeds", history.RuleCode, insert("ok", func(b *tx.Body) { b.Fee = 0 })},
		{"a transaction that is valid for too long succeeds", history.RuleCode, insert("ok", func(b *tx.Body) { b.ValidUntil += 100_000_000 })},
		{"a code that does not exist", history.RuleCode, recode(all, "fine")},
		{"a node reports another balance", history.RuleState, changeAccount(func(history.Account) bool { return true }, func(a *history.Account) { a.Balance++ })},
		{"a node reports another nonce", history.RuleState, changeAccount(func(history.Account) bool { return true }, func(a *history.Account) { a.Nonce++ })},
		{"every node reports another balance", history.RuleState, func(d *doctor) {
			who := one(d, d.accounts(func(a history.Account) bool { return a.Balance > 0 && d.transparent(a.Address) }))
			d.reports(func(c *history.Chain) {
				for i := range c.Accounts {
					if c.Accounts[i].Address == who {
						c.Accounts[i].Balance += 5
					}
				}
			})
		}},
		{"every node reports another nonce", history.RuleState, func(d *doctor) {
			who := d.any(func(s spot) bool { // the last of its sender: one that could not be paid for would leave the nonce uncertain
				return isOK(s) && s.height <= d.Chains[0].StateAt && len(d.every(func(x spot) bool {
					return x.body.Sender == s.body.Sender && x.height <= d.Chains[0].StateAt && (x.height > s.height || x.height == s.height && x.index > s.index)
				})) == 0
			}).body.Sender
			d.reports(func(c *history.Chain) {
				for i := range c.Accounts {
					if c.Accounts[i].Address == who {
						c.Accounts[i].Nonce--
					}
				}
			})
		}},
		{"an account is not reported", history.RuleState, func(d *doctor) {
			who := d.any(func(s spot) bool { return s.height <= d.Chains[0].StateAt }).body.Sender
			d.report(func(c *history.Chain) {
				c.Accounts = slices.DeleteFunc(c.Accounts, func(a history.Account) bool { return a.Address == who })
			})
		}},
		{"somebody has coins from nowhere", history.RuleState, func(d *doctor) {
			d.reports(func(c *history.Chain) {
				c.Accounts = append(c.Accounts, history.Account{Address: keyOf("nobody knows").Address(), Balance: 1})
			})
		}},
		{"a node reports another supply", history.RuleSupply, func(d *doctor) {
			d.report(func(c *history.Chain) { c.Supply.Fees++; c.Supply.Rewards-- })
		}},
		{"the parts of the supply do not add up", history.RuleSupply, changeSupply(func(s *history.Supply) { s.Bonded++ })},
		{"the balances are not those of the accounts", history.RuleSupply, changeSupply(func(s *history.Supply) { s.Balances++; s.Issued++ })},
		{"money is made", history.RuleSupply, changeSupply(func(s *history.Supply) { s.Issued += coin.Blink; s.Rewards += coin.Blink })},
	}
}

func onlyTransfers(b tx.Body) bool {
	return !slices.ContainsFunc(b.Msgs, func(m tx.Msg) bool { return m.Type() != "transfer" })
}

// transparent: no message but transfers has ever touched the account, nor has the chain before left it with stake, a
// proposal or somebody's rewards: its balance follows from the transactions.
func (d *doctor) transparent(who crypto.Address) bool {
	if d.Genesis.State != nil && slices.Contains(entangled(*d.Genesis.State), who) {
		return false
	}
	return len(d.every(func(s spot) bool {
		if s.body.Sender == who {
			return !onlyTransfers(s.body)
		}
		return slices.ContainsFunc(s.body.Msgs, func(m tx.Msg) bool { w, ok := m.(tx.SetWithdrawAddress); return ok && w.Address == who })
	})) == 0
}

// entangled are the accounts that may be paid without a transaction.
func entangled(s genesis.State) (list []crypto.Address) {
	for _, a := range s.Accounts {
		if a.WithdrawAddress != nil {
			list = append(list, *a.WithdrawAddress)
		}
	}
	for _, v := range s.Validators {
		list = append(list, v.Operator)
	}
	for _, x := range s.Delegations {
		list = append(list, x.Delegator)
	}
	for _, x := range s.Unbondings {
		list = append(list, x.Delegator)
	}
	for _, x := range s.Redelegations {
		list = append(list, x.Delegator)
	}
	for _, x := range s.Proposals {
		list = append(list, x.Proposer)
	}
	return list
}

func changeAccount(keep func(history.Account) bool, change func(*history.Account)) func(*doctor) {
	return func(d *doctor) {
		who := one(d, d.accounts(keep))
		d.report(func(c *history.Chain) {
			for i := range c.Accounts {
				if c.Accounts[i].Address == who {
					change(&c.Accounts[i])
				}
			}
		})
	}
}

func changeSupply(change func(*history.Supply)) func(*doctor) {
	return func(d *doctor) {
		d.reports(func(c *history.Chain) {
			if c.Supply != nil {
				change(c.Supply)
			}
		})
	}
}
