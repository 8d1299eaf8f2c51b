package api

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// maxClients bounds how many clients' request rates are remembered. When there are more, those that have been idle long
// enough to have their whole burst again are forgotten, and if there are none, newcomers share one bucket.
const maxClients = 1 << 16

// limiter is a token bucket per client.
type limiter struct {
	mu      sync.Mutex
	limit   rate.Limit
	burst   int
	clients map[string]*rate.Limiter
	rest    *rate.Limiter
}

func newLimiter(perSecond float64, burst int) *limiter {
	l := &limiter{limit: rate.Limit(perSecond), burst: burst, clients: map[string]*rate.Limiter{}}
	l.rest = rate.NewLimiter(l.limit, burst)
	return l
}

// take uses up n tokens of the client, or all that there can be if those are fewer; when they are not there it says how
// long until they are.
func (l *limiter) take(client string, n int, now time.Time) time.Duration {
	n = min(n, l.burst)
	if l.limit < 0 || l.bucket(client, now).AllowN(now, n) {
		return 0
	}
	return max(time.Second, time.Duration(float64(n)*float64(time.Second)/float64(l.limit)))
}

func (l *limiter) bucket(client string, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.clients[client]; ok {
		return b
	}
	if len(l.clients) >= maxClients {
		for c, b := range l.clients {
			if b.TokensAt(now) >= float64(l.burst) {
				delete(l.clients, c)
			}
		}
		if len(l.clients) >= maxClients {
			return l.rest
		}
	}
	b := rate.NewLimiter(l.limit, l.burst)
	l.clients[client] = b
	return b
}

// clientOf gives the address by which limits are kept: an IPv4 address, or the /64 that an IPv6 host has to itself.
func (s *Server) clientOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if s.cfg.TrustProxy {
		if forwarded := r.Header.Values("X-Forwarded-For"); len(forwarded) > 0 {
			hops := strings.Split(forwarded[len(forwarded)-1], ",")
			host = strings.TrimSpace(hops[len(hops)-1])
		}
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		prefix, _ := ip.Prefix(64) // 64 is a length that an IPv6 address has
		return prefix.String()
	}
	return ip.String()
}

// permits bounds the requests that are being answered at once.
type permits chan struct{}

func newPermits(n int) permits { return make(permits, n) }

// permit is one request's place; it is given back once.
type permit struct {
	from permits
	done atomic.Bool
}

func (p permits) take() *permit {
	select {
	case p <- struct{}{}:
		return &permit{from: p}
	default:
		return nil
	}
}

// release gives the place back: at the end, or before a long wait that costs the node nothing.
func (p *permit) release() {
	if !p.done.Swap(true) {
		<-p.from
	}
}
