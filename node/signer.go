package node

import (
	"bytes"
	"errors"
	"fmt"
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
// but records what it signed with one sync of a file that is there already
// (signRecord) instead of creating, syncing and renaming a new one each time,
// which is most of what a vote costs (docs/adr/0004-sign-record.md).
//
// CometBFT's own file, priv_validator_state.json, is read at the start and
// written at the end, so that CometBFT and its tools can take over a stopped
// node. In between it says that nothing may be signed: see inUse.
type signer struct {
	standard  *privval.FilePV // the key, and what CometBFT's state file is to hold
	stateFile string          // path of that file

	mu     sync.Mutex
	record *signRecord
	broken error // why nothing is signed any more
}

var _ cmttypes.PrivValidator = (*signer)(nil)

// inUse is the height in priv_validator_state.json while a node runs, and
// after a crash. Whoever knows only that file signs nothing with it: a copy
// from before the crash would be out of date, and a vote by it a double sign.
const inUse = math.MaxInt64

// errSignRecordLost: the state file says that the record has the truth, and
// there is no record.
var errSignRecordLost = errors.New("the record of signed votes is gone")

// openSigner loads the key with what it signed last, the later of what the two
// files say. All three are paths; keyFile and stateFile must exist.
func openSigner(keyFile, stateFile, recordFile string) (*signer, error) {
	standard := privval.LoadFilePV(keyFile, stateFile)
	state := &standard.LastSignState
	record, err := openSignRecord(recordFile)
	switch {
	case errors.Is(err, os.ErrNotExist) && state.Height == inUse:
		return nil, fmt.Errorf("%s: %w: restore the file; if it is lost for good, make a new home with a new "+
			"consensus key, since signing the same height twice costs the stake", recordFile, errSignRecordLost)
	case errors.Is(err, os.ErrNotExist):
		record, err = createSignRecord(recordFile, signedFrom(state))
	case err == nil && state.Height != inUse && record.last.before(signedFrom(state)):
		err = record.put(signedFrom(state)) // CometBFT, or an operator, went on with the standard file
	}
	if err != nil {
		return nil, err
	}
	s := &signer{standard: standard, stateFile: stateFile, record: record}
	if err := s.save(signed{height: inUse}); err != nil {
		return nil, errors.Join(err, record.close())
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
// that place is refused.
func (s *signer) sign(next signed, withoutTime func([]byte) (time.Time, []byte, error)) ([]byte, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return nil, time.Time{}, s.broken
	}
	last := s.record.last
	var state privval.FilePVLastSignState
	last.to(&state)
	same, err := state.CheckHRS(next.height, next.round, int8(next.step))
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
	if err := s.record.put(next); err != nil {
		// What a failed sync left on the disk is not known.
		s.broken = fmt.Errorf("this node signs nothing until it is restarted: %w", err)
		return nil, time.Time{}, s.broken
	}
	return next.signature, time.Time{}, nil
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

// close writes CometBFT's state file and closes the record. Nothing can be
// signed afterwards. It is not called Close, or CometBFT would call it while
// consensus still runs.
func (s *signer) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil { // what is true is on disk only; the next start reads it
		return s.record.close()
	}
	s.broken = errors.New("the signer is closed")
	return errors.Join(s.save(s.record.last), s.record.close())
}
