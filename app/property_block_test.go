package app

import (
	"slices"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/tx"
)

// twins are a chain and its model, and those who live on it.
type twins struct {
	t        failer
	random   source
	people   []person
	chain    *chain
	model    *model
	ledger   *ledger
	replays  map[crypto.Address]tx.Verified // a transaction of before
	evidence []Evidence                     // delivered before
	record   []Block                        // all blocks, and what they came to, if keep is set
	results  []Result
	keep     bool
	long     bool             // compare receipts alone, and do not run out of honest validators
	calm     bool             // the transaction in the making shall succeed
	did      []string         // what it has already
	moved    []crypto.Address // validators that it leaves, or redelegates to
	mania    mania
	now      time.Time // of the block in the making

	blocks, operations int
	codes              map[tx.Code]int
	rare               map[string]int // what came about that does not come about often
}

// source is a source of random numbers: rapid's, which can shrink, or a fast one.
type source interface{ IntN(n int) int }

const population = 12

var everyone = func() []person {
	people := make([]person, population)
	for i, name := range names("p", population) {
		people[i] = newPerson(name)
	}
	return people
}()

func newTwins(t failer, random source) *twins {
	w := emptyTwins(t, random)
	w.begin(w.genesis())
	return w
}

func emptyTwins(t failer, random source) *twins {
	return &twins{t: t, random: random, people: everyone, replays: map[crypto.Address]tx.Verified{}, codes: map[tx.Code]int{}, rare: map[string]int{}}
}

func (w *twins) begin(doc genesis.Document) {
	w.chain, w.model = newMemoryChain(w.t, doc), newModel(doc)
	if w.once(6) {
		w.mania = mania{pick(w, "undelegate", "redelegate", "submit_proposal"), w.people[w.random.IntN(2)]}
	}
	w.model.apply(Block{Height: 1, Time: w.chain.time})
	w.ledger = newLedger(w.chain.state())
	w.compare()
}

func pick[T any](w *twins, from ...T) T { return from[w.random.IntN(len(from))] }

// once in so many times it is true.
func (w *twins) once(in int) bool { return w.random.IntN(in) == in-1 }

func (w *twins) anyone() person { return w.people[w.random.IntN(len(w.people))] }

func (w *twins) genesis() genesis.Document {
	params := testParams()
	params.MaxValidators = pick[int64](w, 3, 4, 5, 2, 1)
	params.SlashDoubleSign = pick[uint32](w, 500, 3333, 10_000)
	params.SlashDowntime = pick[uint32](w, 0, 1, 500)
	params.DowntimeMaxMissed = int64(1 + w.random.IntN(3))
	params.JailSeconds = 20
	params.Inflation = pick[uint32](w, 500, 0, 2000)
	params.MinDeposit, params.VotingSeconds = coin.Blink, pick[int64](w, 10, 60)
	params.Quorum = pick[uint32](w, 1000, 3340, 1)
	balance, unit := 100*coin.Blink, coin.Amount(1)
	if w.once(8) {
		unit = 1 << 31 // so rich that issuance fills 64 bits within some years
	}
	doc := genesis.Document{ChainID: testChain, GenesisTime: genesisTime, Params: params}
	validators := 2 + w.random.IntN(4)
	for i, p := range w.people {
		doc.Accounts = append(doc.Accounts, genesis.Account{Address: p.address, Balance: balance * unit})
		if i < validators {
			bond := unit * coin.Amount(1_000_000+w.random.IntN(4_000_000))
			c := tx.Commission{Rate: uint32(w.random.IntN(10_001)), MaxRate: 10_000, MaxDailyChange: uint32(w.random.IntN(3_000))}
			doc.Validators = append(doc.Validators, genesis.Validator{Operator: p.address, ConsensusKey: p.consensus[:], SelfBond: bond, Moniker: p.name, Commission: c})
		}
	}
	return doc
}

// block makes a random block, runs it through both and compares everything.
func (w *twins) block() {
	c, m := w.chain, w.model
	after := w.pause()
	w.now = c.time.Add(after)
	next := make(map[crypto.Address]uint64)
	var txs []Input
	for range pick(w, 3, 1, 2, 4, 6, 0) {
		txs = append(txs, w.input(next, w.now))
	}
	txs = append(txs, w.obsession(next, w.now)...)
	absent, evidence := w.absences(), w.misdeeds()
	b := Block{Height: c.height + 1, Time: w.now, Txs: txs, Evidence: evidence}
	for _, v := range c.sets[c.height].Validators {
		b.LastCommit = append(b.LastCommit, Vote{Address: [20]byte(v.Address), Power: v.VotingPower, Absent: absent[[20]byte(v.Address)]})
	}
	quiet := len(txs)+len(evidence) == 0 && !m.anythingDue(b)
	w.ledger.before(m, b)
	codes := m.apply(b)
	result, changes := c.next(after, txs, absent, evidence)
	w.blocks++
	w.operations += len(evidence) + len(absent)
	for i, r := range result.Receipts {
		if r.Code != codes[i] {
			w.t.Fatalf("height %d: transaction %d gets %s, the model says %s", b.Height, i, r.Code, codes[i])
		}
		if w.codes[r.Code]++; !entered(txs[i], r) {
			w.operations++
		}
	}
	if quiet && changes > 0 {
		w.t.Fatalf("height %d: a block that carries nothing when nothing is due writes %d keys", b.Height, changes)
	}
	w.count(result)
	if w.keep {
		w.record, w.results = append(w.record, b), append(w.results, result)
	}
	if w.long {
		return
	}
	w.compareResult(result)
	w.compare()
	w.ledger.after(w, b, result)
}

// entered: the transaction paid its fee.
func entered(in Input, r Receipt) bool {
	switch r.Code {
	case tx.Expired, tx.ValidUntilTooFar, tx.NonceTooLow, tx.NonceTooHigh, tx.FeeTooLow:
		return false
	}
	return in.Refused == tx.OK
}

// pause is the block time to the next block: from a millisecond to more than a year.
func (w *twins) pause() time.Duration {
	switch roll := w.random.IntN(100); {
	case roll < 30 || w.mania.kind != "" && !w.once(40):
		return time.Second
	case roll < 50:
		return 1500 * time.Millisecond
	case roll < 65:
		return time.Millisecond
	case roll < 90:
		return 20 * time.Second
	case roll < 96:
		return 200 * time.Second
	case roll < 99:
		return 24 * time.Hour
	}
	return 400 * 24 * time.Hour
}

func (w *twins) absences() map[[20]byte]bool {
	absent := make(map[[20]byte]bool)
	set := w.chain.sets[w.chain.height].Validators
	for range pick(w, 0, 0, 0, 1, 1, 2) {
		absent[[20]byte(set[w.random.IntN(len(set))].Address)] = true
	}
	return absent
}

// misdeeds is evidence: old and new, of validators, of those who were and of those who never were, and some of it again.
func (w *twins) misdeeds() (evidence []Evidence) {
	c := w.chain
	if w.long && !w.once(10) {
		return nil
	}
	for range pick(w, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2) {
		if len(w.evidence) > 0 && w.once(4) {
			evidence = append(evidence, pick(w, w.evidence...))
			continue
		}
		who, height := w.anyone(), max(1, c.height-int64(w.random.IntN(4)))
		if len(w.model.redelegations) > 0 && !w.once(3) { // of one that stake has left since
			r := pick(w, w.model.redelegations...)
			who, height = w.person(r.from), min(c.height, max(1, r.created+int64(w.random.IntN(3))-1))
		}
		e := c.evidenceOf(who, height)
		if w.once(4) {
			e.Type = LightClientAttack
		}
		evidence = append(evidence, e)
	}
	w.evidence = append(w.evidence, evidence...)
	return evidence
}

func (w *twins) person(a crypto.Address) person {
	return w.people[slices.IndexFunc(w.people, func(p person) bool { return p.address == a })]
}

// anythingDue: time alone changes something in this block.
func (m *model) anythingDue(b Block) bool {
	next := *m
	next.height, next.time = b.Height, b.Time
	due := len(next.duePlans()) > 0
	for _, u := range m.unbondings {
		due = due || !u.at.After(b.Time) && u.atHeight <= b.Height
	}
	for _, r := range m.redelegations {
		due = due || !r.at.After(b.Time) && r.atHeight <= b.Height
	}
	for _, p := range m.proposals {
		due = due || p.status == modelVoting && !p.end.After(b.Time)
	}
	return due
}

// count notes what does not come about often, so that a run can show that it did.
func (w *twins) count(result Result) {
	for _, e := range result.Events {
		w.rare["event "+string(e.Type)]++
	}
	for what, n := range w.model.rare {
		w.rare[what] += n
	}
	clear(w.model.rare)
}
