package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"blink/crypto"
	"blink/store"
	"blink/tx"
)

func parseQuery(r *http.Request) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, problem(codeInvalidParameter, "the query cannot be read: "+printable(err.Error()), "")
	}
	return values, nil
}

// param gives a query parameter; "" when absent. checkParams has read the query before.
func (r *request) param(name string) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	return r.URL.Query().Get(name)
}

func invalid(field, format string, args ...any) *Problem {
	return problem(codeInvalidParameter, field+" "+fmt.Sprintf(format, args...), "").at(field)
}

// flag reads a parameter that is true or false; false when absent.
func (r *request) flag(name string) (bool, error) {
	switch text := r.param(name); text {
	case "true":
		return true, nil
	case "false", "":
		return false, nil
	default:
		return false, invalid(name, "must be true or false, was %q", printable(text))
	}
}

// number reads an integer parameter within bounds, or gives its default.
func (r *request) number(name string, low, high, fallback int64) (int64, error) {
	s := r.param(name)
	if s == "" {
		return fallback, nil
	}
	return number(name, s, low, high)
}

func number(name, s string, low, high int64) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < low || n > high {
		return 0, invalid(name, "must be a whole number from %d to %d, was %q", low, high, printable(s))
	}
	return n, nil
}

// duration reads a time such as "5s" or "500ms", of which the limits say the most.
func (s *Server) duration(name, text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > s.cfg.Limits.MaxWait {
		return 0, invalid(name, "must be a time such as 5s or 500ms, above 0 and at most %s, was %q", s.cfg.Limits.MaxWait, printable(text))
	}
	return d, nil
}

// address reads the {address} of the path.
func (r *request) address() (crypto.Address, error) {
	text := mux.Vars(r.Request)["address"]
	a, err := crypto.ParseAddress(text)
	if err != nil {
		return a, problem(codeInvalidParameter, "address: "+printable(err.Error()), "an address starts with "+crypto.HRP+"1").at("address")
	}
	return a, nil
}

// txID reads the {id} of the path.
func (r *request) txID() (tx.ID, error) {
	id, err := tx.ParseID(mux.Vars(r.Request)["id"])
	if err != nil {
		return id, invalid("id", "must be the 64 hexadecimal digits of a transaction's SHA-256, was %q", printable(mux.Vars(r.Request)["id"]))
	}
	return id, nil
}

// view gives the state at ?height=, or the latest. Before the first block there is none to read.
func (s *Server) view(r *request) (store.View, error) {
	latest, err := s.latest()
	if err != nil {
		return nil, err
	}
	text := r.param("height")
	if text == "" {
		return latest, nil
	}
	h, err := number("height", text, s.cfg.Genesis.FirstHeight(), latest.Height())
	if err != nil {
		return nil, err
	}
	return s.at(h)
}

func (s *Server) latest() (store.View, error) {
	v := s.cfg.Store.Latest()
	if v.Height() == 0 {
		return nil, problem(codeNotReady, "the network has not made its first block yet", "see /v1/ready")
	}
	return v, nil
}
