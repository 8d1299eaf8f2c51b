//go:build next

package abci

// AppVersion of a rehearsal build (go build -tags next): a version ahead, with
// the same rules, to practise an upgrade on a network of one's own.
const AppVersion = 2
