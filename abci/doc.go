// Package abci is the ABCI application: it translates CometBFT's calls into
// calls of package app and nothing more. It owns what app must not know: the
// signature cache, the check state of the mempool, and the order in which
// results become visible.
//
// Who may call what: CometBFT calls the Application over four connections.
// The consensus connection is one goroutine; it alone stages and commits. The
// mempool connection is called by many goroutines at once; the check state has
// its own mutex and signatures are verified outside of it. There is no lock
// over the whole application.
package abci
