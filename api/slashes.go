package api

import (
	"net/http"
	"time"

	"blink/app"
	"blink/coin"
)

type slash struct {
	Kind             string      `json:"kind"`
	InfractionHeight int64       `json:"infraction_height"`
	Burned           coin.Amount `json:"burned"`
	Height           int64       `json:"height"` // of the block that punished
	Time             time.Time   `json:"time"`   // of that block
}

// slashKinds are the names of what a validator is punished for.
var slashKinds = map[app.EvidenceType]string{
	app.Downtime: "downtime", app.DuplicateVote: "duplicate_vote", app.LightClientAttack: "light_client_attack",
}

// getSlashes lists the punishments of a validator by the height of the infraction, the latest first.
func (s *Server) getSlashes(w http.ResponseWriter, r *request) error {
	state, v, err := s.validator(r)
	if err != nil {
		return err
	}
	limit, err := r.number("limit", 1, 1000, 100)
	if err != nil {
		return err
	}
	offset, err := r.number("offset", 0, 1<<31, 0)
	if err != nil {
		return err
	}
	all := app.SlashesOf(state, v.Operator)
	answer := struct {
		Height  int64   `json:"height"`
		Total   int     `json:"total"` // before limit and offset
		Slashes []slash `json:"slashes"`
	}{Height: state.Height(), Total: len(all), Slashes: []slash{}}
	for i := len(all) - 1 - int(offset); i >= 0 && len(answer.Slashes) < int(limit); i-- {
		answer.Slashes = append(answer.Slashes, slash{Kind: slashKinds[all[i].Type], InfractionHeight: all[i].Infraction,
			Burned: all[i].Burned, Height: all[i].Height, Time: all[i].Time})
	}
	return writeJSON(w, http.StatusOK, answer)
}
