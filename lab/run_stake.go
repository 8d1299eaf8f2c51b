package lab

import (
	"context"
	"errors"
	"fmt"
	"time"

	"blink/api/client"
	"blink/lab/scenario"
	"blink/tx"
)

// stakeWithin bounds a staking action: its transaction may have to wait out a fault, or the end of a jail.
const stakeWithin = 30 * time.Second

// stake has the operator of a node change who votes, and returns when the transaction is final.
func (r *trial) stake(ctx context.Context, a scenario.Action, node int) error {
	ctx, cancel := context.WithTimeout(ctx, stakeWithin)
	defer cancel()
	for {
		err := r.sendStake(ctx, r.stakeMsg(a, node), node)
		var early *client.Problem
		if !errors.As(err, &early) || early.Code != tx.JailedTooEarly.String() || !pause(ctx, 500*time.Millisecond) {
			return err
		}
	}
}

func (r *trial) stakeMsg(a scenario.Action, node int) tx.Msg {
	switch a.Verb {
	case scenario.Bond:
		return tx.CreateValidator{
			ConsensusKey: tx.ConsensusKey{Type: tx.Ed25519, Key: r.keys[node].ConsensusKey}, SelfBond: a.Stake,
			Commission: tx.Commission{Rate: 500, MaxRate: 2000, MaxDailyChange: 100}, Moniker: r.nodes[node].Name,
		}
	case scenario.Unbond:
		return tx.Undelegate{Validator: r.keys[node].Operator.Address(), All: true}
	}
	return tx.Unjail{}
}

// sendStake sends one message of a node's operator and waits until it is final.
func (r *trial) sendStake(ctx context.Context, msg tx.Msg, node int) error {
	operator := r.keys[node].Operator
	account, err := r.client.Account(ctx, operator.Address())
	if err != nil {
		return err
	}
	params, err := r.client.Params(ctx)
	if err != nil {
		return err
	}
	signed, err := tx.Sign(tx.Body{
		ChainID: r.chainID, Sender: operator.Address(), Nonce: account.PendingNonce, Fee: params.MinFee,
		ValidUntil: time.Now().Add(stakeWithin).Unix(), Msgs: []tx.Msg{msg},
	}, operator)
	if err != nil {
		return err
	}
	st, err := r.client.SubmitFinal(ctx, signed, stakeWithin)
	switch {
	case err != nil:
		return err
	case st.Status != client.StatusFinal:
		return fmt.Errorf("transaction %s is %s after %v", st.ID, st.Status, stakeWithin)
	case st.Code != "ok":
		return fmt.Errorf("transaction %s is in block %d without effect: %s", st.ID, st.Height, st.Code)
	}
	return nil
}
