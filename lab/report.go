package lab

import (
	"context"
	"time"

	"blink/tx"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// ReportFormat names the JSON of a Report. A reader must refuse another major number.
const ReportFormat = "blink-bench/1"

// Report is the result of a benchmark. Sent = Final + Rejected + Expired + Unknown: nothing is left out. The warm-up is in
// none of the figures, except where a field says so.
type Report struct {
	Format   string `json:"format"`   // ReportFormat
	Sent     int    `json:"sent"`     // of the measured part of the load
	Final    int    `json:"final"`    // in a block, with effect
	Rejected int    `json:"rejected"` // refused, or in a block without effect; RejectedCodes says why
	Expired  int    `json:"expired"`  // will never be in a block
	Unknown  int    `json:"unknown"`  // no answer within the timeout

	RejectedCodes map[string]int `json:"rejected_codes,omitempty"`

	Rate      float64   `json:"rate"`          // intended, transactions per second, mean of the plan; 0 for a closed loop
	SentPerS  float64   `json:"sent_per_s"`    // as it came out
	FinalPerS float64   `json:"final_per_s"`   // as it came out
	TTF       Latencies `json:"ttf_ms"`        // by the client's clock, from the intended send time
	Histogram []Bucket  `json:"histogram"`     // of TTF, for people
	HDR       string    `json:"ttf_hdr"`       // of TTF, whole: base64 of the HdrHistogram V2 compressed encoding, in microseconds, final ones only
	SendDelay Latencies `json:"send_delay_ms"` // actual minus intended send time: the client's own error, part of TTF

	Plan        []PhaseResult  `json:"plan"`           // the phases that were begun
	Knee        *Knee          `json:"knee,omitempty"` // of a step load
	Series      []Second       `json:"series"`         // over time
	SeriesStepS float64        `json:"series_step_s"`  // length of one element of Series: 1, or more in a long load
	Waterfall   []StageRow     `json:"waterfall"`      // where the time goes inside the node
	Spread      *Spread        `json:"spread,omitempty"`
	Blocks      *BlockStats    `json:"blocks,omitempty"`
	Slowest     []SlowTx       `json:"slowest"` // up to MaxSlowest, slowest first
	Receipts    *ReceiptSample `json:"receipts,omitempty"`
	Profiles    *Profiles      `json:"profiles,omitempty"` // where the nodes spent CPU time, if they were profiled

	Nodes      []NodeView `json:"nodes"`
	Client     ClientCost `json:"client"`
	Probes     Probes     `json:"probes"`
	Warnings   []string   `json:"warnings,omitempty"` // why the figures may say more of the client than of the network
	Conditions Conditions `json:"conditions"`

	// Sampled is true if Spread and Blocks are of a sample of MaxRecords transactions, since there were more.
	Sampled bool `json:"sampled,omitempty"`
}

// MaxSlowest is how many of the slowest transactions a report attributes.
const MaxSlowest = 50

// PhaseResult is one phase of the plan. A transaction belongs to the phase of its intended send time.
type PhaseResult struct {
	Rate      float64   `json:"rate"`  // intended, transactions per second
	ForS      float64   `json:"for_s"` // how long the phase lasted
	Sent      int       `json:"sent"`
	Final     int       `json:"final"`
	Rejected  int       `json:"rejected"`
	Expired   int       `json:"expired"`
	Unknown   int       `json:"unknown"`
	Answered  int       `json:"answered"`    // finals that arrived while the phase lasted, of whichever phase they are
	SentPerS  float64   `json:"sent_per_s"`  // Sent / ForS
	FinalPerS float64   `json:"final_per_s"` // Answered / ForS: the throughput
	TTF       Latencies `json:"ttf_ms"`
	SendDelay Latencies `json:"send_delay_ms"`
	Saturated string    `json:"saturated,omitempty"` // of a step load: why this step is beyond the knee; empty if it is not
}

// Knee is the saturation knee of a step load: the highest step before the first saturated one.
type Knee struct {
	Rate   float64 `json:"rate"`   // transactions per second; 0: even the first step was saturated
	Found  bool    `json:"found"`  // false: no step was saturated, the knee is at Rate or above
	Reason string  `json:"reason"` // why the step after it counts as saturated
}

// Second is one element of the series: the transactions whose intended send time falls into it.
type Second struct {
	T        float64  `json:"t_s"` // its beginning, in seconds since the start of the measured load
	Sent     int      `json:"sent"`
	Final    int      `json:"final"`
	Rejected int      `json:"rejected"`
	Expired  int      `json:"expired"`
	Unknown  int      `json:"unknown"`
	Answered int      `json:"answered"` // finals that arrived in it, whenever they were sent
	P50      *float64 `json:"p50_ms"`   // of those sent in it that became final; null if there are none
	Max      *float64 `json:"max_ms"`   // likewise
}

// StageRow is one stage of the measured transactions at the nodes that they were submitted to: ms since the node received
// them, by its clock. The stages are cumulative: each holds the ones before it.
type StageRow struct {
	Stage string   `json:"stage"` // checked, proposed, prevoted, precommitted, executed or visible
	N     int64    `json:"n"`     // transactions of which the node saw this stage
	P50   *float64 `json:"p50_ms"`
	P90   *float64 `json:"p90_ms"`
	P99   *float64 `json:"p99_ms"`
}

// Spread is when the nodes served the blocks, by the client's clock, from the intended send time of each transaction that
// is in one. What was never seen at so many nodes is censored mass.
type Spread struct {
	Nodes      int       `json:"nodes"`        // watched
	Quorum     int       `json:"quorum_nodes"` // how many of the watched nodes are more than 2/3 of them
	N          int       `json:"n"`            // transactions: those whose block was seen live by some node
	Late       int       `json:"late"`         // blocks that some node reported only after a reconnect
	First      Latencies `json:"first"`        // at the first node
	Submitting Latencies `json:"submitting"`   // at the node that was asked
	AtQuorum   Latencies `json:"quorum"`       // at the Quorum-th node
	Last       Latencies `json:"last"`         // at the last node
}

// BlockStats are the blocks that hold transactions of the load.
type BlockStats struct {
	Count       int              `json:"count"`
	TxsPerBlock Counts           `json:"txs_per_block"`     // all transactions of the block, others' too
	Rounds      map[string]int   `json:"rounds"`            // blocks by the round that decided them; "0" = the first proposer was heard
	Proposers   []ProposerResult `json:"proposers"`         // most blocks first
	Missing     int              `json:"missing,omitempty"` // blocks that no node could show after the load
}

// Counts are the quantiles of a number of things.
type Counts struct {
	Min  int     `json:"min"`
	Mean float64 `json:"mean"`
	P50  int     `json:"p50"`
	P90  int     `json:"p90"`
	P99  int     `json:"p99"`
	Max  int     `json:"max"`
}

// ProposerResult is what one validator's blocks gave.
type ProposerResult struct {
	Proposer string   `json:"proposer"` // consensus address, 40 hexadecimal digits
	Blocks   int      `json:"blocks"`
	Txs      int      `json:"txs"`    // of this load, final
	P50      *float64 `json:"p50_ms"` // of their TTF by the client's clock; null where Txs cannot support it
	P99      *float64 `json:"p99_ms"`
}

// SlowTx is one of the slowest transactions, with what it can be attributed to.
type SlowTx struct {
	ID       tx.ID    `json:"id"`
	T        float64  `json:"t_s"`    // intended send time
	TTF      *float64 `json:"ttf_ms"` // null if it never became final
	SendLate float64  `json:"send_delay_ms"`
	Status   string   `json:"status"`
	Node     int      `json:"node"` // index in Conditions.Nodes
	Height   int64    `json:"height,omitempty"`
	Index    uint32   `json:"index"`
	BlockTxs int      `json:"block_txs,omitempty"`
	Round    int32    `json:"round"`
	Proposer string   `json:"proposer,omitempty"`

	Stages map[string]float64 `json:"stages,omitempty"` // ms since received, by name
}

// ReceiptSample says how many receipts were fetched from a node other than the one that said "final", and verified.
type ReceiptSample struct {
	Sampled  int      `json:"sampled"`
	Verified int      `json:"verified"`
	Problems []string `json:"problems,omitempty"` // one per receipt that did not verify, or could not be had
	Lie      bool     `json:"lie,omitempty"`      // a receipt was there and false
}

// ClientCost is what the load generator itself cost, and could have done.
type ClientCost struct {
	CPUPerTx     float64 `json:"cpu_us_per_tx"`  // CPU time of this process per transaction, in microseconds, while the load ran
	CPUShare     float64 `json:"cpu_share"`      // of one core, while the load ran
	SignedAhead  int     `json:"signed_ahead"`   // transactions signed before the load began: not in CPUPerTx
	SignedDuring int     `json:"signed_during"`  // signed while it ran: their signing is taken out of CPUPerTx, by SignPerS
	SignPerS     float64 `json:"sign_per_s"`     // signatures per second that this machine can make, on all cores
	MaxSendPerS  float64 `json:"max_send_per_s"` // how many sends per second the scheduler reached in a dry run
}

// Probes are measurements of the client's machine, made before the load.
type Probes struct {
	Fsync  *FsyncProbe `json:"fsync_ms,omitempty"` // null if the working directory cannot be written
	Verify float64     `json:"verify_us"`          // one signature verification, on one core
	Sign   float64     `json:"sign_us"`            // one signature, on one core
	CPU    string      `json:"cpu"`                // model
	Cores  int         `json:"cores"`
	OS     string      `json:"os"`
}

// FsyncProbe is the time to write 200 bytes to a file of the working directory and have them on disk, in ms.
type FsyncProbe struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
}

// report sums up what the tally knows. It is called when every transaction has its outcome.
func (t *tally) report(cond Conditions) Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	cond.WarmupSent, cond.DurationS = t.warmup, t.end.Seconds()
	c := t.all
	r := Report{
		Format: ReportFormat,
		Sent:   c.launched, Final: c.final, Rejected: c.rejectedTotal(), Expired: c.expired, Unknown: c.unknown,
		RejectedCodes: c.rejected, Rate: cond.Rate, Conditions: cond,
		SentPerS: float64(c.launched) / t.end.Seconds(), FinalPerS: float64(c.final) / t.end.Seconds(),
		TTF: latenciesOf(c.ttf, int64(c.expired+c.unknown), t.timeout), Histogram: bucketsOf(c.ttf), HDR: encodeHDR(c.ttf),
		SendDelay: latenciesOf(c.lateness, 0, t.timeout),
		Series:    t.series.seconds(t.end), SeriesStepS: t.series.step.Seconds(), Waterfall: t.waterfall.rows(t.timeout),
	}
	for i := range t.begun() {
		r.Plan = append(r.Plan, t.result(i))
	}
	return r
}

// encodeHDR writes a histogram in the V2 compressed encoding of HdrHistogram, which its libraries in other languages read.
func encodeHDR(h *hdrhistogram.Histogram) string {
	text, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return "" // compression into memory does not fail
	}
	return string(text)
}

// Report sums up a load that has been run, and reads from the nodes what it needs of the blocks.
func (l *Load) Report(ctx context.Context, cond Conditions, seen []BlockSeen) Report {
	r := l.tally.report(cond)
	r.Client, r.Sampled = l.cost, l.Sampled()
	records := l.Records()
	blocks := l.readBlocks(ctx, records)
	r.Spread = spreadOf(records, seen, len(l.cfg.Nodes), l.cfg.Timeout)
	r.Blocks = blockStats(records, blocks)
	r.Slowest = l.tally.slowest.list(blocks)
	r.Nodes = nodeViews(ctx, l.client, time.Since(l.start))
	if s := l.cfg.Saturation; s != nil {
		r.Knee = kneeOf(r.Plan, *s)
	}
	return r
}
