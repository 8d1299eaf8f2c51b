package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// maxPayments bounds the journal; the faucet pauses rather than forget its limits.
const maxPayments = 10_000

// payment is one line of the journal.
type payment struct {
	To     string    `json:"to"`
	Client string    `json:"client"`
	At     time.Time `json:"at"`
}

// journal is the faucet's memory of the payments by which it keeps its limits, on disk so that a restart does not reset
// them. It is guarded by the faucet's mutex.
type journal struct {
	path     string
	payments []payment
}

// openJournal reads the file, or starts an empty journal when there is none.
func openJournal(path string) (*journal, error) {
	j := &journal{path: path}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return j, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &j.payments); err != nil {
		return nil, fmt.Errorf("%s is damaged (%w); remove it to forget the faucet's limits", path, err)
	}
	return j, nil
}

// allow refuses a payment that would be more than the limits say.
func (j *journal) allow(to, client string, now time.Time, limits Faucet) error {
	keep := max(limits.Interval, time.Hour)
	j.payments = slices.DeleteFunc(j.payments, func(p payment) bool { return now.Sub(p.At) > keep })
	if len(j.payments) >= maxPayments {
		return faucetLimited("the faucet has paid as often as it can in this hour", time.Minute)
	}
	fromClient := 0
	var oldest time.Time
	for _, p := range j.payments {
		if p.To == to && now.Sub(p.At) < limits.Interval {
			return faucetLimited("this address was paid less than "+limits.Interval.String()+" ago", limits.Interval-now.Sub(p.At))
		}
		if p.Client == client && now.Sub(p.At) < time.Hour {
			if fromClient == 0 {
				oldest = p.At
			}
			fromClient++
		}
	}
	if fromClient >= limits.PerIP {
		return faucetLimited(fmt.Sprintf("your network address had its %d payments of this hour", limits.PerIP), time.Hour-now.Sub(oldest))
	}
	return nil
}

// note writes a payment down.
func (j *journal) note(to, client string, at time.Time) error {
	j.payments = append(j.payments, payment{To: to, Client: client, At: at.UTC().Truncate(time.Millisecond)})
	return j.save()
}

// undo strikes out a payment that did not happen: the last one noted.
func (j *journal) undo(to, client string) error {
	last := len(j.payments) - 1
	if last < 0 || j.payments[last].To != to || j.payments[last].Client != client {
		return nil
	}
	j.payments = j.payments[:last]
	return j.save()
}

// save replaces the file in one step: after a crash there is the old one or the new one.
func (j *journal) save() error {
	text, err := json.Marshal(j.payments)
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(j.path), ".faucet-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // gone already when all went well
	_, err = temporary.Write(text)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err != nil {
		return err
	}
	return os.Rename(temporary.Name(), j.path)
}
