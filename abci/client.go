package abci

import (
	"context"

	abcicli "github.com/cometbft/cometbft/abci/client"
	abcitypes "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/libs/service"
	"github.com/cometbft/cometbft/proxy"
)

// ClientCreator connects CometBFT to the application without any lock:
// CometBFT's own local clients hold a mutex over every call, so that signatures
// of gossiped transactions could only be verified one by one.
func (a *Application) ClientCreator() proxy.ClientCreator { return creator{a} }

type creator struct{ app *Application }

func (c creator) NewABCIClient() (abcicli.Client, error) {
	cl := &client{Application: c.app}
	cl.BaseService = *service.NewBaseService(nil, "blink", cl)
	return cl, nil
}

// client calls the application directly.
type client struct {
	service.BaseService
	*Application
	callback abcicli.Callback // of the mempool, set before the first call
}

func (c *client) SetResponseCallback(cb abcicli.Callback) { c.callback = cb }

func (c *client) CheckTxAsync(ctx context.Context, req *abcitypes.RequestCheckTx) (*abcicli.ReqRes, error) {
	res, err := c.CheckTx(ctx, req)
	if err != nil {
		return nil, err
	}
	r := abcicli.NewReqRes(abcitypes.ToRequestCheckTx(req))
	r.Response = abcitypes.ToResponseCheckTx(res)
	c.callback(r.Request, r.Response)
	r.InvokeCallback() // marks it as done: the caller's own callback then runs as soon as it is set
	return r, nil
}

func (c *client) Error() error                { return nil }
func (c *client) Flush(context.Context) error { return nil }
func (c *client) Echo(_ context.Context, msg string) (*abcitypes.ResponseEcho, error) {
	return &abcitypes.ResponseEcho{Message: msg}, nil
}
