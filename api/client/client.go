// Package client is the Go client of a blink node's REST API.
//
// A Client is given the URLs of several nodes. Every node has the same power, so any of them will do: when one is down,
// does not answer in time or says that it is not ready, the client asks the next and remembers which one worked.
// That is safe for submissions too: a transaction is its bytes, sending them twice is sending them once.
package client

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// Options are the settings of a Client. The zero value is good for interactive use.
type Options struct {
	// Timeout bounds one attempt at one node, beyond any time that the node was asked to wait. Default 5 s.
	// A caller's context bounds all attempts together.
	Timeout time.Duration
	// DialTimeout bounds connecting to one node. Default 2 s.
	DialTimeout time.Duration
	// UserAgent names the program to the node. Default "blink-client".
	UserAgent string
}

// Client talks to a network through any of several nodes. It is safe for concurrent use.
type Client struct {
	urls    []string      // base URLs without a trailing slash; never empty
	current *atomic.Int64 // index in urls of the node that last worked
	http    *http.Client
	opt     Options
}

// New returns a client of the nodes at urls, which are tried in the order given. An URL without a scheme is taken as http.
func New(urls []string, opt Options) (*Client, error) {
	if len(urls) == 0 {
		return nil, errors.New("node URLs: at least one is needed, such as http://127.0.0.1:8080")
	}
	clean := make([]string, len(urls))
	for i, u := range urls {
		base, err := cleanURL(u)
		if err != nil {
			return nil, err
		}
		clean[i] = base
	}
	if opt.Timeout <= 0 {
		opt.Timeout = 5 * time.Second
	}
	if opt.DialTimeout <= 0 {
		opt.DialTimeout = 2 * time.Second
	}
	if opt.UserAgent == "" {
		opt.UserAgent = "blink-client"
	}
	return &Client{urls: clean, current: new(atomic.Int64), http: &http.Client{Transport: newTransport(opt)}, opt: opt}, nil
}

// newTransport is tuned so that a load generator measures the node and not its own connections: they are kept alive,
// as many as there are requests in flight, and small requests leave at once.
func newTransport(opt Options) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment, // never used for loopback addresses
		DialContext:            (&net.Dialer{Timeout: opt.DialTimeout, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:    opt.DialTimeout,
		MaxIdleConnsPerHost:    4096, // the default of 2 would reconnect under load
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // answers are small, the network is near
	}
}

// cleanURL checks a node's base URL and brings it to the form scheme://host[:port][/prefix].
func cleanURL(raw string) (string, error) {
	s := strings.TrimSpace(raw)
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("node URL %q: must look like http://127.0.0.1:8080", raw)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("node URL %q: the scheme must be http or https, was %s", raw, u.Scheme)
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("node URL %q: must not have a query or a fragment", raw)
	}
	return strings.TrimRight(u.Scheme+"://"+u.Host+u.EscapedPath(), "/"), nil
}

// URLs returns the base URLs of the nodes, in the order in which they were given.
func (c *Client) URLs() []string { return append([]string(nil), c.urls...) }

// Current returns the base URL of the node that is asked first: the one that last worked.
func (c *Client) Current() string { return c.urls[c.current.Load()] }

// StartingAt returns a client that shares c's connections and nodes but asks node i first and remembers on its own
// which one worked. A load generator spreads its load with one such client per node.
func (c *Client) StartingAt(i int) *Client {
	d := *c
	d.current = new(atomic.Int64)
	d.current.Store(int64(i % len(c.urls)))
	return &d
}

// Only returns a client that shares c's connections but knows node i alone: to ask that very node.
func (c *Client) Only(i int) *Client {
	d := *c
	d.urls = c.urls[i : i+1]
	d.current = new(atomic.Int64)
	return &d
}

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// userAgent identifies the client in the node's logs.
func (c *Client) userAgent() string {
	return c.opt.UserAgent + " (" + runtime.GOOS + "/" + runtime.GOARCH + ")"
}
