package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Format names the form of the files. It is the first line of each.
const Format = "blink-history/1"

// MaxLine is the longest line of a file, in bytes: a block of 4 MiB in base64, three times over.
const MaxLine = 16 << 20

// line is one line of a file: a JSON object with exactly one of these members. The first is the format, the last the end,
// which counts the lines before it: a file that was cut off cannot pass for a short one.
type line struct {
	Format     string      `json:"format,omitempty"`
	Outside    *Outside    `json:"outside,omitempty"`
	Submission *Submission `json:"submission,omitempty"`
	Chain      *Chain      `json:"chain,omitempty"`
	Block      *Block      `json:"block,omitempty"`
	Account    *Account    `json:"account,omitempty"`
	Supply     *Supply     `json:"supply,omitempty"`
	End        int         `json:"end,omitempty"`
}

// writeLines writes a new file. Something that stands there already is not overwritten.
func writeLines(path string, put func(write func(line))) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	enc, n, failed := json.NewEncoder(w), 0, error(nil)
	enc.SetEscapeHTML(false)
	write := func(l line) {
		if failed == nil {
			failed = enc.Encode(l)
			n++
		}
	}
	write(line{Format: Format})
	put(write)
	write(line{End: n})
	return errors.Join(failed, w.Flush(), f.Close())
}

// readLines hands every line between the first and the last to take. Errors name the file and the line.
func readLines(path string, take func(line) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(make([]byte, 64<<10), MaxLine)
	n, ended := 0, false
	for s.Scan() {
		n++
		l, err := parseLine(s.Bytes())
		switch {
		case err != nil:
		case ended:
			err = errors.New("must not come after the end")
		case n == 1 && l.Format != Format:
			err = fmt.Errorf("must be {\"format\":%q}", Format)
		case n == 1:
		case l.End > 0:
			ended = true
			if l.End != n-1 {
				err = fmt.Errorf("end must be the number of lines before it, %d, was %d", n-1, l.End)
			}
		default:
			err = take(l)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	if err := s.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("%s:%d: must be at most %d bytes long", path, n+1, MaxLine)
	} else if err != nil {
		return fmt.Errorf("%s:%d: %w", path, n+1, err)
	}
	if !ended {
		return fmt.Errorf("%s:%d: ends without its end: the file was cut off, or is still being written", path, n)
	}
	return nil
}

func parseLine(text []byte) (line, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var l line
	if err := dec.Decode(&l); err != nil {
		return line{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return line{}, errors.New("must be one JSON object, had more after it")
	}
	if l.members() != 1 {
		return line{}, fmt.Errorf("must have one member, had %d", l.members())
	}
	return l, nil
}

func (l line) members() int {
	n := 0
	for _, has := range []bool{l.Format != "", l.Outside != nil, l.Submission != nil, l.Chain != nil, l.Block != nil,
		l.Account != nil, l.Supply != nil, l.End > 0} {
		if has {
			n++
		}
	}
	return n
}
