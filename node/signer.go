package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"sync"
	"time"

	cmtcrypto "github.com/cometbft/cometbft/crypto"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	"github.com/cometbft/cometbft/privval"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
)

// signer signs votes and proposals with the consensus key. It follows the
// rules of CometBFT's file signer (privval/file.go) and is tested against it,
// but records what it signed, and what led to it, with one sync of a file that
// is there already (journal) instead of creating, syncing and renaming a new one
// each time, and syncing a log before and after (docs/adr/0010-one-sync-per-signature.md).
//
// CometBFT's own file, priv_validator_state.json, is read at the start and
// written at the end, so that CometBFT and its tools can take over a stopped
// node. In between it says that nothing may be signed: see inUse.
type signer struct {
	standard  *privval.FilePV // the key, and what CometBFT's state file is to hold
	stateFile string          // path of that file

	push *push // told of every vote, on the goroutine of consensus; may be nil

	mu       sync.Mutex
	journal  *journal
	proposed signed // the last proposal without a record: see opens
	led      bool   // this process wrote the journal's last record, with what led to it
	crashed  bool   // the process before this one did not close it, and prepare has not seen to that yet
	wal      *wal   // nil: on disk, where CometBFT syncs it itself
	logFile  string // of CometBFT's log on disk
	broken   error  // why nothing is signed any more
}

var _ cmttypes.PrivValidator = (*signer)(nil)

// inUse is the height in priv_validator_state.json while a node runs, and
// after a crash. Whoever knows only that file signs nothing with it: a copy
// from before the crash would be out of date, and a vote by it a double sign.
const inUse = math.MaxInt64

// boundLogEvery is how often numbered files of the log are looked for; CometBFT
// makes one each 5 s at most.
const boundLogEvery = 10 * time.Second

// errJournalLost: the state file says that the journal has the truth, and there
// is no journal.
var errJournalLost = errors.New("the journal of signed votes is gone")

// openSigner loads the key with what it signed last, the later of what the state
// file and the journal say. All are paths; keyFile and stateFile must exist.
func openSigner(keyFile, stateFile, journalFolder string) (*signer, error) {
	standard := privval.LoadFilePV(keyFile, stateFile)
	state := &standard.LastSignState
	j, err := openJournal(journalFolder)
	switch {
	case errors.Is(err, os.ErrNotExist) && state.Height == inUse:
		return nil, fmt.Errorf("%s: %w: restore the file; if it is lost for good, make a new home with a new "+
			"consensus key, since signing the same height twice costs the stake", journalFolder, errJournalLost)
	case errors.Is(err, os.ErrNotExist):
		j, err = createJournal(journalFolder, signedFrom(state))
	case err == nil && state.Height != inUse && j.last.before(signedFrom(state)):
		// CometBFT, or an operator, went on with the standard file.
		j.log, err = nil, j.put(signedFrom(state), nil, true)
	}
	if err != nil {
		return nil, err
	}
	s := &signer{standard: standard, stateFile: stateFile, journal: j, crashed: state.Height == inUse}
	if err := s.save(signed{height: inUse}); err != nil {
		return nil, errors.Join(err, j.close())
	}
	return s, nil
}

// save replaces CometBFT's state file, whole or not at all. CometBFT's own Save does the same, but panics on a full disk:
// then the former file stays, which says that the record has the truth.
func (s *signer) save(last signed) error {
	last.to(&s.standard.LastSignState)
	b, err := cmtjson.MarshalIndent(s.standard.LastSignState, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(s.stateFile, b)
}

// GetPubKey implements types.PrivValidator.
func (s *signer) GetPubKey() (cmtcrypto.PubKey, error) { return s.standard.Key.PubKey, nil }

// SignVote implements types.PrivValidator.
func (s *signer) SignVote(chainID string, vote *cmtproto.Vote) error {
	step := stepPrevote
	if vote.Type == cmtproto.PrecommitType {
		step = stepPrecommit
	}
	var extension []byte
	if vote.Type == cmtproto.PrecommitType && !cmttypes.ProtoBlockIDIsNil(&vote.BlockID) {
		var err error
		if extension, err = s.standard.Key.PrivKey.Sign(cmttypes.VoteExtensionSignBytes(chainID, vote)); err != nil {
			return err
		}
	} else if len(vote.Extension) > 0 {
		return errors.New("a vote extension goes with a precommit for a block only")
	}
	at := signed{height: vote.Height, round: vote.Round, step: step, bytes: cmttypes.VoteSignBytes(chainID, vote)}
	sig, when, err := s.sign(at, withoutVoteTime)
	if err != nil {
		return fmt.Errorf("error signing vote: %w", err)
	}
	if !when.IsZero() {
		vote.Timestamp = when
	}
	vote.Signature, vote.ExtensionSignature = sig, extension
	if s.push != nil {
		s.push.signed(vote)
	}
	return nil
}

// SignProposal implements types.PrivValidator.
func (s *signer) SignProposal(chainID string, proposal *cmtproto.Proposal) error {
	at := signed{height: proposal.Height, round: proposal.Round, step: stepPropose, bytes: cmttypes.ProposalSignBytes(chainID, proposal)}
	sig, when, err := s.sign(at, withoutProposalTime)
	if err != nil {
		return fmt.Errorf("error signing proposal: %w", err)
	}
	if !when.IsZero() {
		proposal.Timestamp = when
	}
	proposal.Signature = sig
	return nil
}

// sign returns the signature of next.bytes once it is on disk that it was
// given. At the place of the last signature it gives that one again, with the
// time that it is for, if nothing but the time differs: so a node that crashed
// between signing and its write-ahead log can go on. All else at or before
// that place is refused. A proposal may do without a record: see opens.
func (s *signer) sign(next signed, withoutTime func([]byte) (time.Time, []byte, error)) ([]byte, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return nil, time.Time{}, s.broken
	}
	last := s.last()
	var state privval.FilePVLastSignState
	last.to(&state)
	same, err := state.CheckHRS(next.height, next.round, int8(next.step))
	if next.step == stepPropose && last.bytes == nil && last.at(next) { // see prepare
		err = fmt.Errorf("this node may have proposed at height %d before it crashed: it leaves round %d to others", next.height, next.round)
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	if same {
		when, err := repeats(last.bytes, next.bytes, withoutTime)
		return last.signature, when, err
	}
	if next.signature, err = s.standard.Key.PrivKey.Sign(next.bytes); err != nil {
		return nil, time.Time{}, err
	}
	if s.wal != nil && s.opens(next) {
		s.proposed = next
		return next.signature, time.Time{}, nil
	}
	if err := s.record(next); err != nil {
		// What a failed sync left on the disk is not known.
		s.broken = fmt.Errorf("this node signs nothing until it is restarted: %w", err)
		return nil, time.Time{}, s.broken
	}
	return next.signature, time.Time{}, nil
}

// opens says whether next is the proposal in the first round of the height after the last record's. Where the log is in
// memory, that one is handed out without a record, so a process that follows a crash takes it as made: see prepare and
// docs/adr/0022-unrecorded-proposals.md.
func (s *signer) opens(next signed) bool {
	return next.step == stepPropose && next.round == 0 && next.height == s.journal.last.height+1
}

// last is what was signed last.
func (s *signer) last() signed {
	if s.journal.last.before(s.proposed) {
		return s.proposed
	}
	return s.journal.last
}

// prepare hands on to CometBFT what a crash left of the height that consensus
// begins with, next; done is the height of the last block, 0 before the first.
// It is for when blocks have been replayed, and consensus has not started.
func (s *signer) prepare(done, next int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wal == nil && s.logFile != "" && s.journal.leadsTo(next) { // it was in memory the last time
		log, err := logFrom(done, s.journal.log)
		if err != nil {
			return err
		}
		if err := replaceLog(s.logFile, log); err != nil {
			return err
		}
		if err := s.journal.put(s.journal.last, nil, true); err != nil { // from here on the log on disk goes on
			return err
		}
	}
	if err := s.wal.prepare(done, next, s.journal); err != nil {
		return err
	}
	if proposed := (signed{height: next, step: stepPropose}); s.crashed && s.opens(proposed) { // perhaps, and nobody knows what
		if err := s.journal.put(proposed, nil, true); err != nil {
			return err
		}
	}
	s.crashed = false
	s.journal.log = nil
	return nil
}

// record makes next durable with what CometBFT has logged since the signature
// before, which it has flushed by now (signVote and defaultDecideProposal in
// consensus/state.go). At a new height all that was logged earlier is of no more
// use: CometBFT has stored, and synced, the block of the height before.
func (s *signer) record(next signed) error {
	if s.wal == nil {
		return s.journal.put(next, nil, true)
	}
	log, err := s.wal.tail.next()
	if err != nil {
		return err
	}
	fresh := next.height > s.journal.last.height
	if fresh {
		log = afterEnd(log, next.height-1)
	}
	s.led = true
	return s.journal.put(next, log, fresh)
}

// keeps says whether the journal holds the block of a height, as it does with this node's precommit for it: CometBFT
// signs that only for a block that it has, all parts of which are in its log by then (enterPrecommit in
// consensus/state.go).
func (s *signer) keeps(height int64, hash []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.journal.last
	if !s.led || s.broken != nil || last.height != height || last.step != stepPrecommit {
		return false
	}
	vote, err := last.vote()
	return err == nil && vote.BlockID != nil && bytes.Equal(vote.BlockID.Hash, hash)
}

// boundLog keeps the log in memory small until ctx ends.
func (s *signer) boundLog(ctx context.Context, logger *slog.Logger) {
	if s.wal == nil {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(boundLogEvery):
		}
		s.mu.Lock()
		err := s.wal.tail.bound()
		s.mu.Unlock()
		if err != nil {
			logger.Warn("the log of consensus in memory grows", "err", err)
		}
	}
}

// repeats says whether what is to be signed is what was signed last, but for
// its time. It returns the time that was signed; zero if nothing differs.
func repeats(last, next []byte, withoutTime func([]byte) (time.Time, []byte, error)) (time.Time, error) {
	if bytes.Equal(last, next) {
		return time.Time{}, nil
	}
	when, before, err := withoutTime(last)
	if err != nil {
		return time.Time{}, err
	}
	_, after, err := withoutTime(next)
	if err != nil {
		return time.Time{}, err
	}
	if !bytes.Equal(before, after) {
		return time.Time{}, errors.New("conflicting data")
	}
	return when, nil
}

// close writes CometBFT's log and state file and closes the journal. Nothing can be
// signed afterwards. It is not called Close, or CometBFT would call it while
// consensus still runs.
func (s *signer) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil { // what is true is on disk only; the next start reads it
		return errors.Join(s.wal.close(), s.journal.close())
	}
	s.broken = errors.New("the signer is closed")
	if len(s.journal.log) > 0 || s.crashed { // the start failed, and what is true is what the journal says
		return errors.Join(s.wal.close(), s.journal.close())
	}
	if s.journal.last.before(s.proposed) { // the next process is sure of it
		if err := s.record(s.proposed); err != nil {
			return errors.Join(err, s.wal.close(), s.journal.close())
		}
	}
	if err := s.wal.close(); err != nil { // without its log, CometBFT must not sign
		return errors.Join(err, s.journal.close())
	}
	return errors.Join(s.save(s.journal.last), s.journal.close())
}
