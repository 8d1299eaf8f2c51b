package node

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// A record of the journal, integers big-endian, zeros up to the next block:
//
//	magic(8) turn(8) index(4) height(8) round(4) step(1) len(1) signature len(2) bytes len(4) log crc32c(4)
const (
	recordMagic = "blinkSJ1"
	recordFixed = len(recordMagic) + 8 + 4 + 8 + 4 + 1 + 1 + 2 + 4 + 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encodeRecord returns a record, in the memory of buffer if there is room. It
// panics on what CometBFT cannot hand over: a signature above 255 bytes, or signed
// bytes above 64 kB.
func encodeRecord(buffer []byte, at serial, s signed, log []byte) []byte {
	if len(s.signature) > 1<<8-1 || len(s.bytes) > 1<<16-1 {
		panic("a signature or what it signs is too long to record")
	}
	size := recordFixed + len(s.signature) + len(s.bytes) + len(log)
	whole := (size + journalBlock - 1) / journalBlock * journalBlock
	b := slices.Grow(buffer[:0], whole)
	b = append(b, recordMagic...)
	b = binary.BigEndian.AppendUint64(b, at.turn)
	b = binary.BigEndian.AppendUint32(b, at.index)
	b = binary.BigEndian.AppendUint64(b, uint64(s.height))
	b = binary.BigEndian.AppendUint32(b, uint32(s.round))
	b = append(b, byte(s.step), byte(len(s.signature)))
	b = append(b, s.signature...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(s.bytes)))
	b = append(b, s.bytes...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(log)))
	b = append(b, log...)
	b = binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	return append(b, make([]byte, whole-size)...)
}

// decodeRecord reads the record at the beginning of b, of which it takes size
// bytes. It reports false for one that is empty, torn or spoilt.
func decodeRecord(b []byte) (at serial, s signed, log []byte, size int, ok bool) {
	if len(b) < recordFixed || !bytes.HasPrefix(b, []byte(recordMagic)) {
		return at, s, nil, 0, false
	}
	r := reader{b: b, at: len(recordMagic)}
	at.turn, at.index = r.uint64(), r.uint32()
	s.height, s.round = int64(r.uint64()), int32(r.uint32())
	s.step = step(r.byte())
	s.signature = r.bytes(int(r.byte()))
	s.bytes = r.bytes(int(r.uint16()))
	log = r.bytes(int(r.uint32()))
	sum := crc32.Checksum(b[:r.at], castagnoli)
	if ok = r.uint32() == sum && !r.short; !ok {
		return serial{}, signed{}, nil, 0, false
	}
	return at, s, log, (r.at + journalBlock - 1) / journalBlock * journalBlock, true
}

// run is what the records at the beginning of a file come to.
type run struct {
	turn  uint64
	count uint32
	end   int64 // of the last one
	last  signed
	log   []byte
}

// decodeRun reads records for as long as each follows the one before.
func decodeRun(b []byte) (r run) {
	for int(r.end) < len(b) {
		at, s, log, size, ok := decodeRecord(b[r.end:])
		if !ok || at.index != r.count || r.count > 0 && at.turn != r.turn {
			break
		}
		r.turn, r.last = at.turn, s
		r.log = append(r.log, log...)
		r.count++
		r.end += int64(size)
	}
	return r
}

// reader takes numbers and bytes off a record. Past its end everything is zero,
// and short is set.
type reader struct {
	b     []byte
	at    int
	short bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.b)-r.at {
		r.short = true
		return make([]byte, 8)
	}
	r.at += n
	return r.b[r.at-n : r.at]
}

// bytes copies; nil if there are none, which is how CometBFT writes "none".
func (r *reader) bytes(n int) []byte {
	if n > len(r.b)-r.at {
		r.short = true
		return nil
	}
	return append([]byte(nil), r.take(n)...)
}

func (r *reader) byte() byte     { return r.take(1)[0] }
func (r *reader) uint16() uint16 { return binary.BigEndian.Uint16(r.take(2)) }
func (r *reader) uint32() uint32 { return binary.BigEndian.Uint32(r.take(4)) }
func (r *reader) uint64() uint64 { return binary.BigEndian.Uint64(r.take(8)) }
