package api

import (
	"net/http"

	"blink/app"
	"blink/store"
	"blink/tx"
)

type upgradeAnswer struct {
	Height         int64        `json:"height"`
	AppVersion     uint64       `json:"app_version"`      // of the rules in force
	NodeAppVersion uint64       `json:"node_app_version"` // newest that this node knows; when Next is newer, it stops there
	Next           *nextUpgrade `json:"next,omitempty"`   // that was voted for and waits for its height
}

type nextUpgrade struct {
	Proposal uint64 `json:"proposal"`
	tx.UpgradeProposal
}

// getUpgrade says by which version of the rules blocks are executed, and which was voted for next. Its name is the
// proposer's text.
func (s *Server) getUpgrade(w http.ResponseWriter, r *request) error {
	state, err := s.view(r)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, upgradeAnswer{Height: state.Height(), AppVersion: app.AppVersionOf(state),
		NodeAppVersion: s.cfg.Node.Status().AppVersion, Next: upgradeAfter(state)})
}

// upgradeAfter is the upgrade with the next height; of several there, the one with the highest version, which counts.
func upgradeAfter(state store.View) *nextUpgrade {
	var next *nextUpgrade
	for _, plan := range app.Plans(state) {
		c, ok := plan.Content.(tx.UpgradeProposal)
		switch {
		case !ok || c.AppVersion <= app.AppVersionOf(state):
		case next == nil, c.Height == next.Height && c.AppVersion > next.AppVersion:
			next = &nextUpgrade{Proposal: plan.Proposal, UpgradeProposal: c}
		}
	}
	return next
}
