// Package finality measures time to finality (TTF): the time from the moment a client's transaction arrives at this
// node until this node holds precommits of more than 2/3 of the voting power for its block, has executed the block and
// can serve the result.
//
// The [Tracker] is told what happens (a submission, a step of consensus, a committed block), each with the moment on
// this node's own monotonic clock; block time is never used, since it is the median of what validators claim. It
// observes and never steers: its calls hold a short mutex, do no I/O, and its memory is bounded. What it must forget is
// counted, and so is every submission that does not become final: percentiles over survivors lie.
package finality
