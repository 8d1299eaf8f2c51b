package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Problem is a node's refusal: RFC 9457 problem details with blink's members.
type Problem struct {
	Type     string `json:"type,omitempty"`
	Title    string `json:"title,omitempty"`
	Status   int    `json:"status"`             // HTTP status code
	Detail   string `json:"detail,omitempty"`   // what is wrong, with values
	Code     string `json:"code,omitempty"`     // stable: a receipt code such as nonce_too_low, or an API code such as not_found
	Field    string `json:"field,omitempty"`    // the field at fault, if it is one
	Expected string `json:"expected,omitempty"` // what the field should have been, such as the next nonce
	Hint     string `json:"hint,omitempty"`     // how to fix it

	RetryAfter time.Duration `json:"-"` // from the Retry-After header; zero if absent
	URL        string        `json:"-"` // the node that refused
}

// Error says what is wrong on one line, without the hint.
func (p *Problem) Error() string {
	text := p.Detail
	if text == "" {
		text = p.Title
	}
	if text == "" {
		text = http.StatusText(p.Status)
	}
	if p.Field != "" && !strings.Contains(text, p.Field) {
		text = p.Field + ": " + text
	}
	if p.Code != "" {
		text += " (" + p.Code + ")"
	}
	if p.Expected != "" && !strings.Contains(text, p.Expected) {
		text += "; expected " + p.Expected
	}
	return text
}

// Temporary reports whether the same request may succeed later or at another node.
func (p *Problem) Temporary() bool {
	return p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable
}

// problemFrom reads a refusal. A body that is not a problem document (a proxy's page, say) is quoted, shortened.
func problemFrom(status int, header http.Header, body []byte, url string) *Problem {
	p := &Problem{}
	if err := json.Unmarshal(body, p); err != nil || (p.Code == "" && p.Title == "" && p.Detail == "") {
		text := strings.TrimSpace(string(body))
		if len(text) > 200 {
			text = text[:200] + "..."
		}
		p = &Problem{Title: http.StatusText(status), Detail: fmt.Sprintf("the node answered %d %s", status, text)}
	}
	p.Status, p.URL = status, url
	if s := header.Get("Retry-After"); s != "" {
		if d, err := time.ParseDuration(s + "s"); err == nil && d > 0 {
			p.RetryAfter = d
		}
	}
	return p
}

// Unreachable says that no node could be had that would answer.
type Unreachable struct {
	Attempts []Attempt // in the order tried
}

// Attempt is one node's failure.
type Attempt struct {
	URL string
	Err error
}

// Reason is the failure in a few words: "connection refused", "no answer in time".
func (a Attempt) Reason() string { return reason(a.Err) }

// Error lists what happened at each node.
func (u *Unreachable) Error() string {
	parts := make([]string, len(u.Attempts))
	for i, a := range u.Attempts {
		parts[i] = a.URL + ": " + a.Reason()
	}
	return "no node answered: " + strings.Join(parts, "; ")
}

// Unwrap gives errors.Is and errors.As access to each node's error.
func (u *Unreachable) Unwrap() []error {
	errs := make([]error, len(u.Attempts))
	for i, a := range u.Attempts {
		errs[i] = a.Err
	}
	return errs
}
