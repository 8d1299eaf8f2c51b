package lab

import (
	"slices"
	"time"

	"blink/lab/scenario"
)

// undoneBy says which action ends what a fault does. A flap ends by itself.
var undoneBy = map[string]scenario.Verb{
	string(scenario.Kill): scenario.Restart, string(scenario.Stop): scenario.Restart, ActionExit: scenario.Restart,
	string(scenario.Pause): scenario.Resume, string(scenario.Disconnect): scenario.Reconnect,
	string(scenario.Partition): scenario.Heal, string(scenario.Cut): scenario.Heal, string(scenario.Delay): scenario.Heal,
	string(scenario.Bandwidth): scenario.Heal, string(scenario.FillDisk): scenario.FreeDisk,
}

// closeFaults books with each fault when it was undone: when the action that undoes it was done. What ends a process ends
// a pause of it, too.
func closeFaults(marks []FaultMark) []FaultMark {
	marks = slices.Clone(marks)
	for i := range marks {
		m := &marks[i]
		if !m.fault() || m.UntilS != nil {
			continue
		}
		for _, later := range marks[i+1:] {
			if m.endedBy(later) {
				m.UntilS = &later.DoneS
				break
			}
		}
	}
	return marks
}

// fault reports whether the mark is harm that was done.
func (m FaultMark) fault() bool { return m.Action == ActionExit || scenario.Verb(m.Action).Fault() }

// endedBy reports whether a later action ends the fault m.
func (m FaultMark) endedBy(later FaultMark) bool {
	by := undoneBy[m.Action]
	if scenario.Verb(later.Action) == by {
		return by == scenario.Heal || later.Target == m.Target
	}
	replaced := m.Action == string(scenario.Pause) && (later.Action == string(scenario.Kill) || later.Action == string(scenario.Stop))
	return replaced && later.Target == m.Target
}

// line is the mark as a line of progress: "12.0 s  kill node3 (the proposer of height 7, round 0)".
func (m FaultMark) line() string {
	text := formatS(m.AtS) + "  " + m.what()
	if m.Note != "" {
		text += " (" + m.Note + ")"
	}
	return text
}

// what is "kill node3".
func (m FaultMark) what() string { return m.Action + " " + m.Target }

// span is the part of the load in which something was wrong.
type span struct {
	faulty bool          // something was
	begin  time.Duration // of the first fault
	healed bool          // everything was undone within the load
	end    time.Duration // of the last healing, if so
}

// spanOf finds the time from the first fault to the last healing.
func spanOf(marks []FaultMark, length time.Duration) span {
	s := span{healed: true}
	for _, m := range marks {
		if !m.fault() || m.AtS >= length.Seconds() {
			continue
		}
		if !s.faulty {
			s.faulty, s.begin = true, max(seconds(m.AtS), 0)
		}
		if m.UntilS == nil || *m.UntilS >= length.Seconds() {
			s.healed = false
			continue
		}
		s.end = max(s.end, seconds(*m.UntilS))
	}
	return s
}
