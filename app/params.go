package app

import (
	"blink/coin"
	"blink/genesis"
	"blink/store"
)

// ParamsOf returns the parameters in force.
func ParamsOf(r store.Reader) genesis.Params { return decodeParams(r.Get([]byte{prefixParams})) }

func encodeParams(p genesis.Params) []byte {
	var e encoder
	e.uint(1, uint64(p.MinFee))
	e.int(2, p.MaxBlockBytes)
	e.int(3, p.MaxTxBytes)
	e.int(4, p.MaxValidators)
	e.uint(5, uint64(p.MinSelfBond))
	e.int(6, p.UnbondingSeconds)
	e.int(7, p.UnbondingBlocks)
	e.int(8, p.EvidenceMaxAgeSeconds)
	e.int(9, p.EvidenceMaxAgeBlocks)
	e.uint(10, uint64(p.SlashDoubleSign))
	e.uint(11, uint64(p.SlashDowntime))
	e.int(12, p.DowntimeWindowBlocks)
	e.int(13, p.DowntimeMaxMissed)
	e.int(14, p.JailSeconds)
	e.uint(15, uint64(p.Inflation))
	e.uint(16, uint64(p.MinDeposit))
	e.int(17, p.VotingSeconds)
	e.uint(18, uint64(p.Quorum))
	e.uint(19, uint64(p.Threshold))
	e.uint(20, uint64(p.VetoThreshold))
	return e.buf
}

func decodeParams(b []byte) (p genesis.Params) {
	for d := (decoder{rest: b}); d.next(); {
		switch d.field {
		case 1:
			p.MinFee = coin.Amount(d.num)
		case 2:
			p.MaxBlockBytes = int64(d.num)
		case 3:
			p.MaxTxBytes = int64(d.num)
		case 4:
			p.MaxValidators = int64(d.num)
		case 5:
			p.MinSelfBond = coin.Amount(d.num)
		case 6:
			p.UnbondingSeconds = int64(d.num)
		case 7:
			p.UnbondingBlocks = int64(d.num)
		case 8:
			p.EvidenceMaxAgeSeconds = int64(d.num)
		case 9:
			p.EvidenceMaxAgeBlocks = int64(d.num)
		case 10:
			p.SlashDoubleSign = uint32(d.num)
		case 11:
			p.SlashDowntime = uint32(d.num)
		case 12:
			p.DowntimeWindowBlocks = int64(d.num)
		case 13:
			p.DowntimeMaxMissed = int64(d.num)
		case 14:
			p.JailSeconds = int64(d.num)
		case 15:
			p.Inflation = uint32(d.num)
		case 16:
			p.MinDeposit = coin.Amount(d.num)
		case 17:
			p.VotingSeconds = int64(d.num)
		case 18:
			p.Quorum = uint32(d.num)
		case 19:
			p.Threshold = uint32(d.num)
		case 20:
			p.VetoThreshold = uint32(d.num)
		default:
			d.unknown()
		}
	}
	return p
}
