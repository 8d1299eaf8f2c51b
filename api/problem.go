package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"blink/tx"
)

// Problem is the body of every error answer: application/problem+json, RFC 9457, with blink's members code, field,
// expected and hint.
type Problem struct {
	Type     string `json:"type"` // "about:blank": code says it all
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Code     string `json:"code"`
	Field    string `json:"field,omitempty"`
	Expected string `json:"expected,omitempty"`
	Hint     string `json:"hint,omitempty"`

	retryAfter time.Duration // the Retry-After header, in whole seconds, when not zero
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// Codes of the API itself; those of transactions are tx.Code's names.
const (
	codeInvalidParameter  = "invalid_parameter"
	codeUnknownParameter  = "unknown_parameter"
	codeInvalidBody       = "invalid_body"
	codeNotFound          = "not_found"
	codeMethodNotAllowed  = "method_not_allowed"
	codeBodyTooLarge      = "body_too_large"
	codeMediaType         = "unsupported_media_type"
	codePruned            = "pruned"
	codeNotFinal          = "not_final"
	codeRateLimited       = "rate_limited"
	codeFaucetLimited     = "faucet_limited"
	codeFaucetDisabled    = "faucet_disabled"
	codeFaucetEmpty       = "faucet_empty"
	codeOverloaded        = "overloaded"
	codeTooManyStreams    = "too_many_streams"
	codeMempoolFull       = "mempool_full"
	codeNotReady          = "not_ready"
	codeProfilingDisabled = "profiling_disabled"
	codeLoopbackOnly      = "loopback_only"
	codeProfileRunning    = "profile_running"
	codeInternal          = "internal"
)

// statusOf maps every code to its HTTP status. A transaction's code that is not listed is 422: the bytes are fine, the
// state says no.
var statusOf = map[string]int{
	tx.Malformed.String():        http.StatusBadRequest,
	tx.NonCanonical.String():     http.StatusBadRequest,
	tx.InvalidField.String():     http.StatusBadRequest,
	tx.SelfRedelegation.String(): http.StatusBadRequest,
	tx.TooLarge.String():         http.StatusRequestEntityTooLarge,
	codeInvalidParameter:         http.StatusBadRequest,
	codeUnknownParameter:         http.StatusBadRequest,
	codeInvalidBody:              http.StatusBadRequest,
	codeNotFound:                 http.StatusNotFound,
	codeMethodNotAllowed:         http.StatusMethodNotAllowed,
	codeBodyTooLarge:             http.StatusRequestEntityTooLarge,
	codeMediaType:                http.StatusUnsupportedMediaType,
	codePruned:                   http.StatusGone,
	codeNotFinal:                 http.StatusConflict,
	codeRateLimited:              http.StatusTooManyRequests,
	codeFaucetLimited:            http.StatusTooManyRequests,
	codeFaucetDisabled:           http.StatusForbidden,
	codeFaucetEmpty:              http.StatusServiceUnavailable,
	codeOverloaded:               http.StatusServiceUnavailable,
	codeTooManyStreams:           http.StatusServiceUnavailable,
	codeMempoolFull:              http.StatusServiceUnavailable,
	codeNotReady:                 http.StatusServiceUnavailable,
	codeProfilingDisabled:        http.StatusNotFound,
	codeLoopbackOnly:             http.StatusForbidden,
	codeProfileRunning:           http.StatusConflict,
	codeInternal:                 http.StatusInternalServerError,
}

// problem makes a Problem; its status comes from the table.
func problem(code, detail, hint string) *Problem {
	status, ok := statusOf[code]
	if !ok {
		status = http.StatusUnprocessableEntity
	}
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Code: code, Hint: hint}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		p.retryAfter = time.Second
	}
	return p
}

// at names the field that is wrong.
func (p *Problem) at(field string) *Problem {
	p.Field = field
	return p
}

// after sets when to try again.
func (p *Problem) after(d time.Duration) *Problem {
	p.retryAfter = d
	return p
}

// problemOf turns any error into what the client is told. ok is false when the error says nothing for clients: a fault of
// this node, to be logged.
func problemOf(err error) (p *Problem, ok bool) {
	var refusal *tx.Refusal
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &p):
		return p, true
	case errors.As(err, &refusal):
		p = problem(refusal.Code.String(), refusal.Message, refusal.Hint).at(refusal.Field)
		p.Expected = refusal.Expected
		return p, true
	case errors.As(err, &tooLarge):
		return problem(codeBodyTooLarge, "the body must be at most "+strconv.FormatInt(tooLarge.Limit, 10)+" bytes",
			"a transaction has at most "+strconv.Itoa(tx.MaxTxBytes)+" bytes; split it"), true
	case errors.Is(err, ErrMempoolFull):
		return problem(codeMempoolFull, "the mempool is full; the transaction was not taken", "send the same bytes again later, or to another node"), true
	case errors.Is(err, ErrNotReady):
		return problem(codeNotReady, err.Error(), "see /v1/ready, or use another node"), true
	case errors.Is(err, ErrNotFound):
		return problem(codeNotFound, err.Error(), ""), true
	}
	return problem(codeInternal, "this node could not answer; the cause is in its log", "try another node"), false
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((p.retryAfter+time.Second-1)/time.Second), 10))
	}
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // a struct of strings and a number
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) // the client is gone: nobody to tell
}
