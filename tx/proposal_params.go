package tx

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// ParamChange gives one parameter a new value. Which names there are, and what values they take, the state tells.
type ParamChange struct {
	Name  string // 1 to MaxParamNameBytes of a-z and "_"
	Value uint64 // in the parameter's own unit
}

// Type is "params".
func (ParamsProposal) Type() string { return "params" }

func (ParamsProposal) kind() uint8 { return ContentParams }

// MarshalJSON writes {"changes":{"max_validators":"50"},"height":0}.
func (c ParamsProposal) MarshalJSON() ([]byte, error) {
	changes := make(map[string]string, len(c.Changes)) // encoding/json writes maps in order of their keys
	for _, change := range c.Changes {
		changes[change.Name] = strconv.FormatUint(change.Value, 10)
	}
	return json.Marshal(struct {
		Changes map[string]string `json:"changes"`
		Height  int64             `json:"height"`
	}{changes, c.Height})
}

func (c ParamsProposal) appendFields(buf []byte) []byte {
	for _, change := range c.Changes {
		buf = appendMessage(buf, 1, change.appendFields)
	}
	return appendUint(buf, 2, uint64(c.Height))
}

func (c ParamChange) appendFields(buf []byte) []byte {
	buf = appendString(buf, 1, c.Name)
	return appendUint(buf, 2, c.Value)
}

func (c ParamsProposal) check() *Refusal {
	if len(c.Changes) == 0 || len(c.Changes) > MaxParamChanges {
		return refuse(InvalidField, "changes", "must be 1 to %d changes, was %d", MaxParamChanges, len(c.Changes))
	}
	for i, change := range c.Changes {
		if r := checkParamName("name", change.Name); r != nil {
			return r.within(element("changes", i))
		}
		if i > 0 && change.Name <= c.Changes[i-1].Name {
			return refuse(InvalidField, element("changes", i), "names must ascend, but %q came after %q", change.Name, c.Changes[i-1].Name)
		}
	}
	return checkHeight("height", c.Height, 0)
}

func checkParamName(field, name string) *Refusal {
	if name == "" || len(name) > MaxParamNameBytes {
		return refuse(InvalidField, field, "must be 1 to %d characters, was %d", MaxParamNameBytes, len(name))
	}
	for i := range len(name) {
		if c := name[i]; c != '_' && (c < 'a' || c > 'z') {
			return refuse(InvalidField, field, "must be letters a-z and '_', was %q", name)
		}
	}
	return nil
}

func readParamsProposal(r *wireReader) ProposalContent {
	var c ParamsProposal
	for r.next() {
		switch r.number {
		case 1:
			if len(c.Changes) == MaxParamChanges {
				r.fail(InvalidField, "changes", "must be 1 to %d changes, was more", MaxParamChanges)
			}
			outer := r.enterElement("changes", len(c.Changes))
			c.Changes = append(c.Changes, readParamChange(r))
			r.leave(outer)
		case 2:
			c.Height = r.height("height")
		default:
			r.unknown()
		}
	}
	return c
}

func readParamChange(r *wireReader) ParamChange {
	var c ParamChange
	for r.next() {
		switch r.number {
		case 1:
			c.Name = r.string("name")
		case 2:
			c.Value = r.uint64("value")
		default:
			r.unknown()
		}
	}
	return c
}

// parseParamsProposal takes the names in any order; in the bytes they ascend.
func parseParamsProposal(r *jsonReader) ProposalContent {
	var c ParamsProposal
	changes := r.object("changes")
	for _, name := range changes.order {
		c.Changes = append(c.Changes, ParamChange{Name: name, Value: changes.decimal(name)})
	}
	slices.SortFunc(c.Changes, func(a, b ParamChange) int { return strings.Compare(a.Name, b.Name) })
	if r.has("height") {
		c.Height = r.int64("height")
	}
	return c
}
