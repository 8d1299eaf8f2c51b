package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"blink/api/client"
	"blink/coin"
	"blink/genesis"
)

const composeYML = "../docker-compose.yml"

func TestTheComposeOverride(t *testing.T) {
	c := &composeCluster{cfg: composeConfig{Dir: t.TempDir(), Profile: "lan", Params: genesis.TestnetParams()}, seed: strings.Repeat("5", 32), net: subnet{130, 7}}
	c.cfg.Params.JailSeconds, c.cfg.Params.MinFee = 5, 2*coin.Blink
	if err := c.choosePorts(); err != nil {
		t.Fatal(err)
	}
	if err := c.writeOverride(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(c.overrideFile())
	if err != nil {
		t.Fatal(err)
	}
	var f composeFile
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	command := f.Services["init"].Command
	for _, want := range []string{"--param=jail_seconds=5", "--param=min_fee=2000000", "--profile=lan", "--validators=4", "--observers=1"} {
		if !slices.Contains(command, want) {
			t.Errorf("init has no %s: %q", want, command)
		}
	}
	if n := len(command); n != 11 {
		t.Errorf("init has %d arguments, so parameters that are as usual are among them: %q", n, command)
	}
	if s := f.Services["node3"]; s.Restart != "no" || s.Networks["default"]["ipv4_address"] != "10.130.7.7" || s.Networks["clients3"] == nil {
		t.Errorf("node3 is %+v", s)
	}
	if got := f.Networks["clients3"].IPAM.Config[0]["subnet"]; got != "10.130.7.64/28" {
		t.Errorf("the clients of node3 have the addresses %s", got)
	}
}

func TestComposeRefusesWhatItCannotDo(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		cfg  composeConfig
		want string
	}{
		"no file": {composeConfig{File: filepath.Join(dir, "docker-compose.yml"), Dir: dir}, "--compose-file"},
	} {
		if _, err := startCompose(t.Context(), c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	t.Setenv("BLINK_IMAGE", "blinkd:is-missing")
	if _, err := startCompose(t.Context(), composeConfig{File: composeYML, Dir: dir}); err == nil {
		t.Fatal("an image that is missing was started")
	} else if exec.Command("docker", "version").Run() == nil && !strings.Contains(err.Error(), "make docker") {
		t.Errorf("error %v", err)
	}
	t.Setenv("PATH", dir)
	if _, err := startCompose(t.Context(), composeConfig{File: composeYML, Dir: dir}); err == nil || !strings.Contains(err.Error(), "needs docker") {
		t.Errorf("without docker: error %v", err)
	}
}

// Every fault is done to a real network of containers, and nothing is left of it.
func TestComposeFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("starts containers")
	}
	if err := exec.Command("docker", "image", "inspect", ComposeImage).Run(); err != nil {
		t.Skip("no docker, or no image: make docker")
	}
	c, err := startCompose(t.Context(), composeConfig{File: composeYML, Dir: t.TempDir(), Profile: "lan"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		out, _ := exec.Command("sh", "-c", "docker ps -aq --filter name=$0; docker network ls -q --filter name=$0; docker volume ls -q --filter name=$0", c.docker.project).CombinedOutput()
		if len(out) > 0 {
			t.Errorf("something is left of %s:\n%s", c.docker.project, out)
		}
		if log, err := os.ReadFile(c.nodes[2].Log); err != nil || !strings.Contains(string(log), "msg=started") {
			t.Errorf("the log of node2: %v\n%s", err, log)
		}
	})
	w := composeWitness{t, c}
	w.ready(0, 1, 2, 3)
	w.knowsKeys()
	w.step(c.Disconnect(3))
	if w.address(3) != "" {
		t.Error("node3 is still in the network of nodes")
	}
	if _, err := w.status(3); err != nil {
		t.Errorf("a disconnected node does not answer its clients: %v", err)
	}
	w.step(c.Reconnect(3))
	if got := w.address(3); got != c.net.node(3) {
		t.Errorf("node3 is back with the address %s", got)
	}
	w.ready(3)
	w.step(c.Kill(2))
	time.Sleep(2 * time.Second)
	if _, err := w.status(2); err == nil {
		t.Error("a killed node answers: it has restarted by itself")
	}
	w.step(c.Restart(t.Context(), 2))
	w.ready(2)
	w.step(c.Pause(1))
	if _, err := w.status(1); err == nil {
		t.Error("a paused node answers")
	}
	w.step(c.Resume(1))
	w.ready(1)
	w.step(c.Terminate(0))
	w.step(c.Restart(t.Context(), 0))
	w.ready(0)
	if c.FillDisk(0) == nil || c.FreeDisk(0) == nil {
		t.Error("a container's disk was filled")
	}
	w.step(exec.Command("docker", "kill", c.nodes[1].id).Run())
	select {
	case e := <-c.Exited():
		if e.Node.Name != "node1" || e.Code != 137 {
			t.Errorf("%s has ended with status %d", e.Node.Name, e.Code)
		}
	case <-time.After(30 * time.Second):
		t.Error("a node that was killed behind our back is not reported")
	}
	select {
	case e := <-c.Exited():
		t.Errorf("%s is reported, whose end was asked for", e.Node.Name)
	default:
	}
	w.step(c.Pause(3)) // and is removed while frozen
}

// composeWitness asks the nodes of a cluster what the test wants to know.
type composeWitness struct {
	t *testing.T
	c *composeCluster
}

func (w composeWitness) step(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w composeWitness) status(i int) (client.Status, error) {
	api, err := client.New([]string{w.c.Nodes()[i].REST}, client.Options{Timeout: 2 * time.Second})
	if err != nil {
		return client.Status{}, err
	}
	defer api.Close()
	ctx, cancel := context.WithTimeout(w.t.Context(), 3*time.Second)
	defer cancel()
	return api.Status(ctx)
}

// address is that of node i among the nodes.
func (w composeWitness) address(i int) string {
	format := fmt.Sprintf("{{with index .NetworkSettings.Networks %q}}{{.IPAddress}}{{end}}", w.c.network())
	out, err := exec.Command("docker", "inspect", "--format", format, w.c.nodes[i].id).Output()
	w.step(err)
	return strings.TrimSpace(string(out))
}

func (w composeWitness) await(what string, met func() bool) {
	w.t.Helper()
	begin := time.Now()
	for deadline := begin.Add(2 * time.Minute); !met(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("not in time: %s", what)
		}
	}
	w.t.Logf("%s after %v", what, time.Since(begin).Round(100*time.Millisecond))
}

func (w composeWitness) ready(nodes ...int) {
	w.t.Helper()
	for _, i := range nodes {
		w.await(w.c.Nodes()[i].Name+" is ready", func() bool { s, err := w.status(i); return err == nil && s.Ready })
	}
}

// knowsKeys checks that the operators of the genesis are those whose keys the cluster gives.
func (w composeWitness) knowsKeys() {
	api, err := client.New([]string{w.c.Nodes()[0].REST}, client.Options{Timeout: 2 * time.Second})
	w.step(err)
	defer api.Close()
	text, err := api.Raw(w.t.Context(), "/v1/genesis")
	w.step(err)
	doc, err := genesis.Parse(text)
	w.step(err)
	for i, v := range doc.Validators {
		keys, err := w.c.Keys(i)
		w.step(err)
		if keys.Operator.Address() != v.Operator || string(keys.ConsensusKey) != string(v.ConsensusKey) {
			w.t.Errorf("node%d has other keys than the cluster says", i)
		}
	}
}
