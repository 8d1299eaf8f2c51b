package receipt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/cometbft/cometbft/types"
)

// read is a receipt that is well-formed: bounded, without anything unknown, and written as New writes it.
type read struct {
	wire
	first types.LightBlock  // in CometBFT's types
	next  *types.LightBlock // nil without a result
}

func parse(raw []byte) (read, error) {
	if len(raw) > MaxBytes {
		return read{}, fmt.Errorf("must be at most %d bytes, was %d", MaxBytes, len(raw))
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	var r read
	if err := dec.Decode(&r.wire); err != nil {
		return read{}, fmt.Errorf("must be the JSON of a receipt: %.200v", err) // it may quote all of the text
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return read{}, errors.New("must be one JSON object, had more after it")
	}
	if r.Format != Format {
		return read{}, fmt.Errorf("format must be %q, was %.40q", Format, r.Format)
	}
	var err error
	if r.first, err = r.Block.lightBlock(nil); err != nil {
		return read{}, fmt.Errorf("block: %w", err)
	}
	if r.Result != nil {
		next, err := r.Result.Block.lightBlock(r.first.ValidatorSet)
		if err != nil {
			return read{}, fmt.Errorf("result: block: %w", err)
		}
		r.next = &next
	}
	return r, r.checkText(raw)
}

// checkText makes sure that there is exactly one text for a receipt, but for white space and the order of members: it is
// written again from what was understood, and must be the same. So nothing in it can be twice, in another case, or in a
// place where nobody looks.
func (r read) checkText(raw []byte) error {
	again := r.wire
	again.Block = blockOf(r.first.Header, r.first.Commit, r.first.ValidatorSet)
	if r.next != nil {
		again.Result = &result{Code: r.Result.Code, Proof: r.Result.Proof, Block: blockOf(r.next.Header, r.next.Commit, r.next.ValidatorSet)}
		again.shorten()
	}
	text, err := json.Marshal(again)
	if err != nil {
		return err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return err
	}
	if bytes.Equal(compact.Bytes(), text) {
		return nil
	}
	sorted, err := sortMembers(raw)
	if err != nil {
		return err
	}
	want, err := sortMembers(text)
	if err != nil {
		return err
	}
	// What is there twice is lost in sorted, but not in the length.
	if compact.Len() != len(text) || !bytes.Equal(sorted, want) {
		return errors.New("must be written as a node writes it: a member is repeated, written differently or in the wrong order of a list")
	}
	return nil
}

// sortMembers writes JSON with the members of each object in alphabetical order.
func sortMembers(raw []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}
