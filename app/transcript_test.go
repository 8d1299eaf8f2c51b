package app

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/tx"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata with what the code does now")

// TestTranscripts runs testdata/*.txt, one file per rule. A line at the margin is a command, the indented lines after it
// are what it must answer, # begins a comment. Amounts are in BLINK; people and validators have names. After every block
// the whole state is audited and CometBFT's own ValidatorSet takes the updates.
//
//	params NAME=VALUE ...                 before genesis; see testParams for the others
//	genesis NAME=AMOUNT ... [validators NAME=BOND ...]
//	block [+DURATION] [absent=NAME,...] [evidence=NAME[@HEIGHT],...]     one second after the last by default
//	tx NAME [nonce=N] [fee=AMOUNT] [valid=DURATION]: MSG; MSG ...        in the block before it
//	tx CODE                               bytes that did not decode or verify
//	blocks N [absent=NAME,...]            N empty blocks
//	admit NAME [...] [waiting=N,...] [spent=AMOUNT]: MSG; ...            what a mempool would be told
//	accounts NAME ... | validators | supply | delegations NAME | unbondings NAME | slashes NAME
//	rewards NAME [+DURATION]              what NAME could withdraw now, or in a busy block after DURATION
//	redelegations NAME | withdraw_address NAME | commissions | delegators VALIDATOR | departing VALIDATOR | uptime VALIDATOR
//
// Messages: transfer TO AMOUNT, create_validator BOND [min=AMOUNT] [key=NAME] [commission=RATE:MAX:DAILY],
// delegate VALIDATOR AMOUNT, undelegate VALIDATOR AMOUNT|all, unjail, redelegate FROM TO AMOUNT|all,
// cancel VALIDATOR HEIGHT AMOUNT|all, edit [moniker=TEXT] [details=TEXT] [rate=BPS] [min=AMOUNT], withdraw VALIDATOR|all,
// withdraw_to NAME. A validator's bond in genesis may have a commission, too: NAME=BOND@RATE:MAX:DAILY in basis points.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { runTranscript(t, file) })
	}
}

func runTranscript(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	play := &play{t: t, params: testParams(), known: make(map[crypto.Address]string)}
	var script []string
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	for lines.Scan() {
		if !strings.HasPrefix(lines.Text(), "  ") {
			script = append(script, lines.Text())
		}
	}
	for i := 0; i < len(script); {
		n := 1 // a block takes its transactions along
		for strings.HasPrefix(script[i], "block ") || script[i] == "block" {
			if i+n == len(script) || !strings.HasPrefix(script[i+n], "tx ") {
				break
			}
			n++
		}
		play.do(script[i : i+n])
		i += n
	}
	got := play.out.String()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != string(text) {
		t.Errorf("%s: the code does something else (go test ./app -run Transcripts -update, and read the diff)\n%s", file, firstDifference(string(text), got))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := 0; ; i++ {
		if i >= len(w) || i >= len(g) || w[i] != g[i] {
			from := max(0, i-5)
			return fmt.Sprintf("line %d\nwant:\n%s\ngot:\n%s", i+1,
				strings.Join(w[from:min(len(w), i+5)], "\n"), strings.Join(g[from:min(len(g), i+5)], "\n"))
		}
	}
}

// play is a transcript being performed.
type play struct {
	t      testing.TB
	params genesis.Params
	chain  *chain
	known  map[crypto.Address]string
	out    strings.Builder
}

func (p *play) person(name string) person {
	who := newPerson(name)
	p.known[who.address] = name
	return who
}

func (p *play) name(a crypto.Address) string {
	if n, ok := p.known[a]; ok {
		return n
	}
	return a.String()
}

func (p *play) say(format string, args ...any) { fmt.Fprintf(&p.out, "  "+format+"\n", args...) }

func (p *play) do(lines []string) {
	p.t.Helper()
	words := strings.Fields(lines[0])
	if len(words) == 0 || words[0][0] == '#' {
		p.out.WriteString(lines[0] + "\n")
		return
	}
	if words[0] == "block" {
		p.block(words[1:], lines)
		return
	}
	p.out.WriteString(lines[0] + "\n")
	switch words[0] {
	case "params":
		p.setParams(words[1:])
	case "genesis":
		p.genesis(words[1:])
	case "blocks":
		p.blocks(words[1:])
	case "admit":
		p.admit(lines[0])
	default:
		p.show(words[0], words[1:])
	}
}

func (p *play) setParams(words []string) {
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		n := p.number(value)
		switch name {
		case "min_fee":
			p.params.MinFee = p.amount(value)
		case "max_validators":
			p.params.MaxValidators = n
		case "min_self_bond":
			p.params.MinSelfBond = p.amount(value)
		case "slash_downtime":
			p.params.SlashDowntime = uint32(n)
		case "slash_double_sign":
			p.params.SlashDoubleSign = uint32(n)
		case "downtime_window":
			p.params.DowntimeWindowBlocks = n
		case "downtime_max_missed":
			p.params.DowntimeMaxMissed = n
		case "inflation":
			p.params.Inflation = uint32(n)
		default:
			if !p.governanceParam(name, value) {
				p.t.Fatalf("unknown parameter %q", name)
			}
		}
	}
}

func (p *play) genesis(words []string) {
	doc := genesis.Document{ChainID: testChain, GenesisTime: genesisTime, Params: p.params}
	validators := false
	for _, w := range words {
		if w == "validators" {
			validators = true
			continue
		}
		name, amount, _ := strings.Cut(w, "=")
		who := p.person(name)
		if validators {
			bond, rates, _ := strings.Cut(amount, "@")
			doc.Validators = append(doc.Validators, genesis.Validator{Operator: who.address, ConsensusKey: who.consensus[:],
				SelfBond: p.amount(bond), Moniker: name, Commission: p.commission(rates)})
		} else {
			doc.Accounts = append(doc.Accounts, genesis.Account{Address: who.address, Balance: p.amount(amount)})
		}
	}
	if err := doc.Validate(); err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			p.say("refused: %s", line)
		}
		return
	}
	p.chain = newChain(p.t, doc)
}

// block runs the block of lines[0] with the transactions of the other lines, and says what came of each.
func (p *play) block(options, lines []string) {
	after, absent, evidence := p.blockOptions(options)
	txs := make([]Input, len(lines)-1)
	next := make(map[crypto.Address]uint64)
	for i, line := range lines[1:] {
		txs[i] = p.input(line, next)
	}
	result, _ := p.chain.next(after, txs, absent, evidence)
	p.out.WriteString(lines[0] + "\n")
	p.events(result.Events, -1)
	for i, r := range result.Receipts {
		p.out.WriteString(lines[i+1] + "\n")
		if r.Code == tx.OK {
			p.events(result.Events, i)
		} else if r.Settled {
			p.say("refuse %s", r.Code)
		} else {
			p.say("refuse %s (for now)", r.Code)
		}
	}
}

func (p *play) blocks(words []string) {
	n := p.number(words[0])
	_, absent, _ := p.blockOptions(words[1:])
	quiet := true
	for range n {
		result, changes := p.chain.next(time.Second, nil, absent, nil)
		p.events(result.Events, -1)
		if changes > 0 {
			quiet = false
		}
		for _, u := range result.Updates {
			v, _ := ValidatorByConsensusAddress(p.chain.state(), consensusAddress(u.Key))
			p.say("height %d tells consensus of %s %d", p.chain.height, p.name(v.Operator), u.Power)
		}
	}
	if quiet {
		p.say("quiet")
	}
}

func (p *play) blockOptions(words []string) (after time.Duration, absent map[[20]byte]bool, evidence []Evidence) {
	after, absent = time.Second, make(map[[20]byte]bool)
	for _, w := range words {
		if option, value, ok := strings.Cut(w, "="); ok && option == "absent" {
			for _, name := range strings.Split(value, ",") {
				absent[consensusAddress(p.person(name).consensus)] = true
			}
		} else if ok && option == "evidence" {
			for _, item := range strings.Split(value, ",") {
				name, at, given := strings.Cut(item, "@")
				height := p.chain.height
				if given {
					height = p.number(at)
				}
				evidence = append(evidence, p.chain.evidenceOf(p.person(name), height))
			}
		} else {
			after = p.duration(strings.TrimPrefix(w, "+"))
		}
	}
	return after, absent, evidence
}

// input reads a tx line; next remembers nonces within a block.
func (p *play) input(line string, next map[crypto.Address]uint64) Input {
	head, msgs, signedTx := strings.Cut(strings.TrimPrefix(line, "tx "), ":")
	if !signedTx {
		code, err := tx.ParseCode(strings.TrimSpace(head))
		if err != nil {
			p.t.Fatal(err)
		}
		return Input{Refused: code}
	}
	words := strings.Fields(head)
	who := p.person(words[0])
	if _, ok := next[who.address]; !ok {
		next[who.address] = AccountOf(p.chain.state(), who.address).Nonce
	}
	body := tx.Body{Nonce: next[who.address], ValidUntil: p.chain.time.Add(time.Minute).Unix()}
	for _, m := range strings.Split(msgs, ";") {
		body.Msgs = append(body.Msgs, p.msg(who, strings.Fields(m)))
	}
	body.Fee = LeastFee(body.Msgs, p.params.MinFee)
	for _, w := range words[1:] {
		option, value, _ := strings.Cut(w, "=")
		switch option {
		case "nonce":
			body.Nonce = uint64(p.number(value))
		case "fee":
			body.Fee = p.amount(value)
		case "valid":
			body.ValidUntil = p.chain.time.Add(p.duration(value)).Unix()
		case "waiting", "spent":
		default:
			p.t.Fatalf("%s: unknown option %q", line, option)
		}
	}
	if body.Nonce == next[who.address] {
		next[who.address]++
	}
	v := signed(p.t, who, body)
	return Input{ID: v.ID(), Tx: v}
}

func (p *play) msg(sender person, w []string) tx.Msg {
	switch w[0] {
	case "transfer":
		return tx.Transfer{To: p.person(w[1]).address, Amount: p.amount(w[2])}
	case "create_validator":
		m := tx.CreateValidator{SelfBond: p.amount(w[1]), Moniker: sender.name}
		key := sender.consensus
		for _, option := range w[2:] {
			name, value, _ := strings.Cut(option, "=")
			switch name {
			case "min":
				m.MinSelfBond = p.amount(value)
			case "commission":
				m.Commission = p.commission(value)
			default:
				key = consensusKeyOf(value)
			}
		}
		m.ConsensusKey = tx.ConsensusKey{Type: "ed25519", Key: key[:]}
		return m
	case "delegate":
		return tx.Delegate{Validator: p.person(w[1]).address, Amount: p.amount(w[2])}
	case "undelegate":
		if w[2] == "all" {
			return tx.Undelegate{Validator: p.person(w[1]).address, All: true}
		}
		return tx.Undelegate{Validator: p.person(w[1]).address, Amount: p.amount(w[2])}
	case "unjail":
		return tx.Unjail{}
	}
	if m, ok := p.governanceMsg(w); ok {
		return m
	}
	if m := p.stakingMsg(w); m != nil {
		return m
	}
	p.t.Fatalf("unknown message %v", w)
	return nil
}

func (p *play) admit(line string) {
	in := p.input("tx "+strings.TrimPrefix(line, "admit "), make(map[crypto.Address]uint64))
	var pending Pending
	head, _, _ := strings.Cut(line, ":")
	for _, w := range strings.Fields(head)[2:] {
		if value, ok := strings.CutPrefix(w, "waiting="); ok {
			for _, n := range strings.Split(value, ",") {
				pending.Nonces = append(pending.Nonces, uint64(p.number(n)))
			}
		}
		if value, ok := strings.CutPrefix(w, "spent="); ok {
			pending.Spent = p.amount(value)
		}
	}
	err := AdmissionOn(p.chain.state(), p.chain.time).Admit(in.Tx, pending)
	var refusal *tx.Refusal
	if errors.As(err, &refusal) {
		p.say("%s", refusal)
		if refusal.Expected != "" {
			p.say("expected %s", refusal.Expected)
		}
	} else {
		p.say("admit")
	}
}

func (p *play) events(events []Event, txIdx int) {
	for _, e := range events {
		if e.Tx != txIdx {
			continue
		}
		switch e.Type {
		case EventTransfer:
			p.say("transfer %s %s %s", p.name(e.Account), p.name(e.To), blinks(e.Amount))
		case EventCreateValidator:
			p.say("create_validator %s %s", p.name(e.Validator), blinks(e.Amount))
		case EventDelegate, EventRelease:
			p.say("%s %s %s %s", e.Type, p.name(e.Account), p.name(e.Validator), blinks(e.Amount))
		case EventReward, EventCommission:
			p.rewardEvent(e)
		case EventUndelegate:
			p.say("undelegate %s %s %s until %s", p.name(e.Account), p.name(e.Validator), blinks(e.Amount), p.since(e.Time))
		case EventSlash:
			p.say("slash %s %s for height %d", p.name(e.Validator), blinks(e.Amount), e.Height)
		case EventJail:
			p.say("jail %s until %s", p.name(e.Validator), p.since(e.Time))
		case EventPower:
			p.say("power %s %d", p.name(e.Validator), e.Power)
		default:
			if !p.stakingEvent(e) && !p.governanceEvent(e) {
				p.say("%s %s", e.Type, p.name(e.Validator))
			}
		}
	}
}

func (p *play) show(what string, args []string) {
	r := p.chain.state()
	switch what {
	case "accounts":
		for _, name := range args {
			a := AccountOf(r, p.person(name).address)
			p.say("%s %s nonce %d", name, blinks(a.Balance), a.Nonce)
		}
	case "validators":
		all := Validators(r)
		slices.SortStableFunc(all, func(a, b Validator) int {
			return strings.Compare(p.name(a.Operator), p.name(b.Operator))
		})
		for _, v := range all {
			p.say("%s %s power %d tokens %s shares %d self %s", p.name(v.Operator), v.Status, v.Power, blinks(v.Tokens), v.Shares, blinks(v.SelfBond))
		}
	case "supply":
		s := SupplyOf(r)
		p.say("total %s issued %s burned %s", blinks(s.Total), blinks(s.Issued), blinks(s.Burned))
		p.say("balances %s bonded %s unbonding %s fees %s rewards %s deposits %s", blinks(s.Balances), blinks(s.Bonded), blinks(s.Unbonding),
			blinks(s.Fees), blinks(s.Rewards), blinks(s.Deposits))
	case "delegations":
		for _, d := range Delegations(r, p.person(args[0]).address) {
			p.say("%s %s shares %d", p.name(d.Validator), blinks(d.Amount), d.Shares)
		}
	case "unbondings":
		for _, u := range Unbondings(r, p.person(args[0]).address) {
			p.say("%s %s since height %d, until %s and height %d", p.name(u.Validator), blinks(u.Amount), u.CreatedHeight, p.since(u.CompletionTime), u.CompletionHeight)
		}
	case "slashes":
		for _, s := range SlashesOf(r, p.person(args[0]).address) {
			p.say("%s for height %d type %d, at height %d", blinks(s.Burned), s.Infraction, s.Type, s.Height)
		}
	default:
		if !p.showStaking(what, args) && !p.showGovernance(what, args) {
			p.t.Fatalf("unknown command %q", what)
		}
	}
}

func (p *play) number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil && !strings.Contains(s, ".") {
		p.t.Fatal(err)
	}
	return n
}

func (p *play) amount(s string) coin.Amount {
	a, err := coin.Parse(s + "blink")
	if err != nil {
		p.t.Fatal(err)
	}
	return a
}

func (p *play) duration(s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}

// since shows a time as its distance from genesis.
func (p *play) since(t time.Time) string { return "t+" + t.Sub(genesisTime).String() }

func blinks(a coin.Amount) string { return strings.TrimSuffix(a.Human(), " BLINK") }
