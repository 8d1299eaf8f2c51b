package client

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Profile takes a profile of the node: "profile" (CPU time), "trace", "mutex" or "block", over so many seconds, or, of
// the latter two, since the process began for 0. It is a file for go tool pprof, or go tool trace. A node whose
// api.profiling is off, or on another machine, gives a *Problem.
func (c *Client) Profile(ctx context.Context, name string, seconds int) ([]byte, error) {
	r := request{method: http.MethodGet, path: "/debug/pprof/" + name, wait: time.Duration(seconds) * time.Second}
	if seconds > 0 {
		r.path += fmt.Sprintf("?seconds=%d", seconds)
	}
	a, err := c.do(ctx, r)
	return a.body, err
}
