package app

import (
	"fmt"

	"blink/tx"
)

// refusal is a tx.Refusal in the making. Only its code can reach a receipt; the words are for Admit's caller.
type refusal tx.Refusal

func refuse(code tx.Code, field, format string, args ...any) *refusal {
	return &refusal{Code: code, Field: field, Message: fmt.Sprintf(format, args...)}
}

func (r *refusal) expected(value string) *refusal { r.Expected = value; return r }

func (r *refusal) hint(text string) *refusal { r.Hint = text; return r }

// public hands the refusal out, and keeps a nil one from becoming a non-nil error.
func (r *refusal) public() error {
	if r == nil {
		return nil
	}
	return (*tx.Refusal)(r)
}
