package tx

// Commission is what a validator's operator keeps of the rewards, in basis points (1/10000), and how it may change.
type Commission struct {
	Rate           uint32 `json:"rate"`             // now; at most MaxRate
	MaxRate        uint32 `json:"max_rate"`         // for ever; at most MaxBasisPoints
	MaxDailyChange uint32 `json:"max_daily_change"` // by which Rate may move in a day; at most MaxRate
}

// Validate says what is wrong with the rates. The error is a *Refusal.
func (c Commission) Validate() error { return c.check().asError() }

func (c Commission) check() *Refusal {
	switch {
	case c.MaxRate > MaxBasisPoints:
		return refuse(InvalidField, "max_rate", "must be at most %d basis points, was %d", MaxBasisPoints, c.MaxRate)
	case c.Rate > c.MaxRate:
		return refuse(InvalidField, "rate", "must be at most max_rate (%d), was %d", c.MaxRate, c.Rate)
	case c.MaxDailyChange > c.MaxRate:
		return refuse(InvalidField, "max_daily_change", "must be at most max_rate (%d), was %d", c.MaxRate, c.MaxDailyChange)
	}
	return nil
}

func (c Commission) appendFields(buf []byte) []byte {
	buf = appendUint(buf, 1, uint64(c.Rate))
	buf = appendUint(buf, 2, uint64(c.MaxRate))
	return appendUint(buf, 3, uint64(c.MaxDailyChange))
}

func readCommission(r *wireReader) Commission {
	var c Commission
	for r.next() {
		switch r.number {
		case 1:
			c.Rate = r.uint32("rate")
		case 2:
			c.MaxRate = r.uint32("max_rate")
		case 3:
			c.MaxDailyChange = r.uint32("max_daily_change")
		default:
			r.unknown()
		}
	}
	return c
}

func parseCommission(r *jsonReader) Commission {
	c := Commission{Rate: r.uint32("rate"), MaxRate: r.uint32("max_rate"), MaxDailyChange: r.uint32("max_daily_change")}
	r.done()
	return c
}
