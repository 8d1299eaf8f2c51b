package tx

import (
	"fmt"
	"strings"
)

// Refusal says why a transaction is not accepted, for the person who sent it. Only the code may ever reach state or
// result bytes: texts may change between versions, and nodes must not disagree because of them.
type Refusal struct {
	Code     Code   // what went wrong, for programs
	Field    string // path of the field at fault, such as "body.msgs[2].transfer.amount"; empty when it is the whole
	Message  string // what is wrong, with the values, for people
	Expected string // the value that would have been right, where there is exactly one (the next nonce, the chain id)
	Hint     string // what to do about it; may be empty
}

// Error is one line: field, message, code and hint.
func (r *Refusal) Error() string {
	var b strings.Builder
	if r.Field != "" {
		b.WriteString(r.Field)
		b.WriteString(": ")
	}
	b.WriteString(r.Message)
	fmt.Fprintf(&b, " (%s)", r.Code)
	if r.Hint != "" {
		b.WriteString("; ")
		b.WriteString(r.Hint)
	}
	return b.String()
}

// within puts a parent in front of the path, on the way out of a nested message. It is nil for nil.
func (r *Refusal) within(parent string) *Refusal {
	if r != nil {
		r.Field = join(parent, r.Field)
	}
	return r
}

func refuse(code Code, field, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Field: field, Message: fmt.Sprintf(format, args...)}
}

// asError keeps a nil *Refusal from becoming a non-nil error.
func (r *Refusal) asError() error {
	if r == nil {
		return nil
	}
	return r
}

// element is the path of one element of a repeated field.
func element(field string, index int) string { return fmt.Sprintf("%s[%d]", field, index) }

// join is the path of a field of a message; either part may be empty.
func join(parent, field string) string {
	switch {
	case parent == "":
		return field
	case field == "":
		return parent
	}
	return parent + "." + field
}
