package finality

import "time"

// timelineHeights is how many recent heights keep their consensus times: enough for a node that executes behind consensus.
const timelineHeights = 64

// timeline holds when this node saw the steps of one height. A later round overwrites what an earlier one left, since
// only the last round's proposal and votes led to the block.
type timeline struct {
	height int64
	at     [numStages]time.Time
}

// timelines is a ring by height: a new height takes the place of an old one, an old height never comes back.
type timelines [timelineHeights]timeline

// mark records that stage was reached at the given height. Later marks of the same stage win.
func (t *timelines) mark(height int64, stage Stage, at time.Time) {
	if line := t.line(height); line != nil {
		line.at[stage] = at
	}
}

func (t *timelines) line(height int64) *timeline {
	if height <= 0 {
		return nil
	}
	line := &t[height%timelineHeights]
	switch {
	case line.height > height:
		return nil
	case line.height < height:
		*line = timeline{height: height}
	}
	return line
}

// stagesOf gives the stages of a transaction that was received and checked at the given times (checked may be zero) and
// included in the block of line. A transaction can arrive here after its block was proposed elsewhere: no stage is ever
// before the one that precedes it.
func stagesOf(received, checked time.Time, line *timeline) Stages {
	s := noStages()
	s[Received] = 0
	var last time.Duration
	for stage := Checked; stage <= Visible; stage++ {
		at := checked
		if stage != Checked {
			at = line.at[stage]
		}
		if at.IsZero() {
			continue
		}
		last = max(last, at.Sub(received))
		s[stage] = last
	}
	return s
}
