package lab

// Report is the result of a benchmark. Sent = Final + Rejected + Expired + Unknown: nothing is left out.
type Report struct {
	Sent     int `json:"sent"`     // of the measured part of the load
	Final    int `json:"final"`    // in a block, with effect
	Rejected int `json:"rejected"` // refused, or in a block without effect; RejectedCodes says why
	Expired  int `json:"expired"`  // will never be in a block
	Unknown  int `json:"unknown"`  // no answer within the timeout

	RejectedCodes map[string]int `json:"rejected_codes,omitempty"`

	Rate         float64 `json:"rate"`        // intended, transactions per second
	SentPerS     float64 `json:"sent_per_s"`  // as it came out
	FinalPerS    float64 `json:"final_per_s"` // as it came out
	Latencies    `json:"ttf_ms"`
	LatencyNotes map[string]string `json:"ttf_notes,omitempty"` // why a percentile is null, or a lower bound
	Histogram    []Bucket          `json:"histogram"`
	SendDelay    Latencies         `json:"send_delay_ms"` // actual minus intended send time: the client's own error, part of TTF
	Nodes        []NodeView        `json:"nodes"`
	Conditions   Conditions        `json:"conditions"`
}

// report sums up. It is called when every transaction has its outcome.
func (t *tally) report(cond Conditions, nodes []NodeView) Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	cond.WarmupSent = t.warmup
	r := Report{
		Sent: t.sentN, Final: t.final, Rejected: t.rejectedTotal(), Expired: t.expired, Unknown: t.unknown,
		RejectedCodes: t.rejected, Rate: cond.Rate, Nodes: nodes, Conditions: cond,
	}
	r.SentPerS, r.FinalPerS = float64(t.sentN)/cond.DurationS, float64(t.final)/cond.DurationS
	r.Latencies = latenciesOf(t.ttf, int64(t.expired+t.unknown), t.timeout)
	r.LatencyNotes = r.Latencies.Notes
	r.Histogram = bucketsOf(t.ttf)
	r.SendDelay = latenciesOf(t.lateness, 0, t.timeout)
	return r
}
