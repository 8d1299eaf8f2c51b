package node

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// signRecord is a file that holds the last signature of the consensus key. It
// has two slots, written in turn, so that a write that a power cut tears
// destroys only the signature before the last. The file never grows: a write
// overwrites allocated blocks, and one fdatasync makes it durable.
//
// A slot, integers big-endian:
//
//	magic(8) sequence(8) height(8) round(4) step(1) len(1) signature len(2) bytes crc32c(4)
//
// A crash within put leaves the old or the new signature, and the new one has
// not been handed out: either is right. A newest slot that the disk spoils
// later cannot be told from a torn one; against that only CometBFT's
// write-ahead log guards, as it does with CometBFT's own file.
type signRecord struct {
	f        *os.File
	sequence uint64 // of last
	last     signed
}

const (
	slotSize  = 4096 // bytes: a block of its own on the disk
	slots     = 2
	slotMagic = "blinkSR1"
	slotFixed = len(slotMagic) + 8 + 8 + 4 + 1 + 1 + 2 + 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// createSignRecord makes the file, whole or not at all.
func createSignRecord(path string, last signed) (*signRecord, error) {
	image := make([]byte, slots*slotSize)
	first, err := encodeSlot(1, last)
	if err != nil {
		return nil, err
	}
	copy(image[slotSize:], first) // slot sequence%slots
	if err := writeFile(path, image); err != nil {
		return nil, err
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return openSignRecord(path)
}

// openSignRecord reads the file; os.ErrNotExist if there is none.
func openSignRecord(path string) (*signRecord, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	r := &signRecord{f: f}
	if err := r.read(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return r, nil
}

func (r *signRecord) read() error {
	image := make([]byte, slots*slotSize)
	if _, err := io.ReadFull(r.f, image); err != nil {
		return fmt.Errorf("it must have %d bytes: %w", len(image), err)
	}
	for i := range slots {
		sequence, s, ok := decodeSlot(image[i*slotSize : (i+1)*slotSize])
		if ok && sequence > r.sequence && sequence%slots == uint64(i) {
			r.sequence, r.last = sequence, s
		}
	}
	if r.sequence == 0 {
		return errors.New("it holds no signature record: restore the file, or make a new home with a new consensus key")
	}
	return nil
}

// put makes s the last signature. When it returns nil, s is on disk. After an
// error nothing may be signed any more.
func (r *signRecord) put(s signed) error {
	slot, err := encodeSlot(r.sequence+1, s)
	if err != nil {
		return err
	}
	if _, err := r.f.WriteAt(slot, int64((r.sequence+1)%slots)*slotSize); err != nil {
		return err
	}
	if err := syncData(r.f); err != nil {
		return err
	}
	r.sequence, r.last = r.sequence+1, s
	return nil
}

func (r *signRecord) close() error { return r.f.Close() }

func encodeSlot(sequence uint64, s signed) ([]byte, error) {
	if len(s.signature) > 255 || len(s.bytes) > slotSize-slotFixed-255 {
		return nil, fmt.Errorf("a signature record holds at most 255 and %d bytes, not %d and %d",
			slotSize-slotFixed-255, len(s.signature), len(s.bytes))
	}
	b := make([]byte, 0, slotFixed+len(s.signature)+len(s.bytes))
	b = append(b, slotMagic...)
	b = binary.BigEndian.AppendUint64(b, sequence)
	b = binary.BigEndian.AppendUint64(b, uint64(s.height))
	b = binary.BigEndian.AppendUint32(b, uint32(s.round))
	b = append(b, byte(s.step), byte(len(s.signature)))
	b = append(b, s.signature...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(s.bytes)))
	b = append(b, s.bytes...)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli)), nil
}

// decodeSlot reports false for a slot that is empty, torn or spoilt.
func decodeSlot(b []byte) (uint64, signed, bool) {
	if !bytes.HasPrefix(b, []byte(slotMagic)) {
		return 0, signed{}, false
	}
	at := len(slotMagic)
	sequence := binary.BigEndian.Uint64(b[at:])
	s := signed{
		height: int64(binary.BigEndian.Uint64(b[at+8:])),
		round:  int32(binary.BigEndian.Uint32(b[at+16:])),
		step:   step(b[at+20]),
	}
	at += 22
	n := int(b[at-1])
	s.signature = some(b[at : at+n])
	at += n
	n = int(binary.BigEndian.Uint16(b[at:]))
	at += 2
	if at+n+4 > len(b) {
		return 0, signed{}, false
	}
	s.bytes = some(b[at : at+n])
	at += n
	return sequence, s, crc32.Checksum(b[:at], castagnoli) == binary.BigEndian.Uint32(b[at:])
}

// some copies b; nil if it is empty, which is how CometBFT writes "none".
func some(b []byte) []byte { return append([]byte(nil), b...) }

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
