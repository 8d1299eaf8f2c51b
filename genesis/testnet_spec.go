package genesis

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"time"

	"blink/tx"
)

// minSeedBytes is 128 bits: below it keys could be guessed.
const minSeedBytes = 16

// demoName is what a key file may be called.
var demoName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// hostName admits DNS names, service names of compose and IPv4 addresses; IPv6 addresses are parsed.
var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$`)

func (s TestnetSpec) withDefaults() TestnetSpec {
	if (s.Params == Params{}) {
		s.Params = TestnetParams()
	}
	if len(s.Hosts) == 0 {
		s.Hosts = []string{"127.0.0.1"}
	}
	s.GenesisTime = s.GenesisTime.UTC().Truncate(time.Second)
	return s
}

// Validate says everything that is wrong with the spec, each problem as "field must be X, was Y", joined.
func (s TestnetSpec) Validate() error {
	s = s.withDefaults()
	var p problems
	p.check("", tx.CheckChainID(s.ChainID))
	within(&p, "validators", int64(s.Validators), 1, max(s.Params.MaxValidators, 1))
	within(&p, "observers", int64(s.Observers), 0, 1000)
	if len(s.Seed) < minSeedBytes {
		p.add("seed", "must be at least %d bytes, was %d", minSeedBytes, len(s.Seed))
	}
	if s.GenesisTime.Unix() <= 0 {
		p.add("genesis_time", "must be after 1970, was %s", s.GenesisTime.Format(time.RFC3339))
	}
	s.checkHosts(&p)
	s.checkPorts(&p)
	s.checkDemo(&p)
	p = append(p, s.Params.problems("params.")...)
	return errors.Join(p...)
}

func (s TestnetSpec) checkHosts(p *problems) {
	nodes := s.Validators + s.Observers
	if len(s.Hosts) != 1 && len(s.Hosts) != nodes {
		p.add("hosts", "must be 1 for all nodes or one for each of %d, was %d", nodes, len(s.Hosts))
	}
	seen := make(map[string]int, len(s.Hosts))
	for i, h := range s.Hosts {
		field := fmt.Sprintf("hosts[%d]", i)
		if !hostName.MatchString(h) && net.ParseIP(h) == nil {
			p.add(field, "must be a host name or an IP address, was %q", h)
		}
		if first, twice := seen[h]; twice {
			p.add(field, "must be unique, was %q as hosts[%d]", h, first)
		} else {
			seen[h] = i
		}
	}
}

func (s TestnetSpec) checkPorts(p *problems) {
	used := int64(1)
	if len(s.Hosts) == 1 {
		used = int64(max(s.Validators+s.Observers, 1))
	}
	within(p, "p2p_port", int64(s.P2PPort), 1, 65536-used)
	within(p, "rest_port", int64(s.RESTPort), 1, 65536-used)
	if apart := int64(s.RESTPort - s.P2PPort); apart < used && apart > -used {
		p.add("rest_port", "must be at least %d away from p2p_port (%d), was %d", used, s.P2PPort, s.RESTPort)
	}
}

func (s TestnetSpec) checkDemo(p *problems) {
	seen := make(map[string]int, len(s.Demo))
	for i, name := range s.Demo {
		field := fmt.Sprintf("demo[%d]", i)
		if !demoName.MatchString(name) {
			p.add(field, "must be 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit, was %q", name)
		}
		if first, twice := seen[name]; twice {
			p.add(field, "must be unique, was %q as demo[%d]", name, first)
		} else {
			seen[name] = i
		}
	}
}
