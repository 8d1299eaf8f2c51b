package app

import (
	"fmt"
	"testing"
)

// TestNamesOfUnknownValues: a value without a name is shown as its number, from the first one on.
func TestNamesOfUnknownValues(t *testing.T) {
	for _, test := range []struct {
		last, next fmt.Stringer
		want       [2]string
	}{
		{Tombstoned, Tombstoned + 1, [2]string{"tombstoned", "status_4"}},
		{LightClientAttack, LightClientAttack + 1, [2]string{"light_client_attack", "evidence_type_3"}},
		{Failed, Failed + 1, [2]string{"failed", "proposal_status_7"}},
		{VersionPassed, VersionPassed + 1, [2]string{"version_passed", "fail_reason_4"}},
	} {
		if got := [2]string{test.last.String(), test.next.String()}; got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
	for status := Voting; status <= Failed; status++ {
		if got, err := ParseProposalStatus(status.String()); got != status || err != nil {
			t.Errorf("%s is read as %s, %v", status, got, err)
		}
	}
	if got, err := ParseProposalStatus("nonsense"); got != 0 || err == nil {
		t.Errorf("nonsense is read as %s", got)
	}
}
