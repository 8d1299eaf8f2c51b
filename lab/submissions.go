package lab

import (
	"cmp"

	"blink/api/client"
	"blink/lab/history"
	"blink/tx"
)

// Submissions are a load's transactions as its history has them; what was never signed was never submitted.
func Submissions(records []Record, nodes []string) []history.Submission {
	list := make([]history.Submission, 0, len(records))
	for _, r := range records {
		if r.ID == (tx.ID{}) {
			continue
		}
		s := history.Submission{ID: r.ID, Raw: r.Raw, Submitted: r.Sent, Answered: r.Answered, Node: nodes[r.Node],
			Status: r.Status, Code: r.Code, Height: r.Height, Index: r.Index}
		if s.Status == client.StatusFinal {
			s.Code = cmp.Or(s.Code, tx.OK.String())
		}
		list = append(list, s)
	}
	return list
}
