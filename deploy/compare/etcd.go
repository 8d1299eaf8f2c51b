package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
)

// etcd is a cluster of three with default settings: a write is answered when two of them have it in their fsync'ed logs. It
// tolerates one crashed node and no lying one: the lower bound of what blink is compared with.
type etcd struct {
	processes
	clients []*clientv3.Client // one connection to each node
	puts    atomic.Int64
}

const etcdClients = 64 // of the closed loop

func startEtcd(ctx context.Context, s settings) (server, error) {
	const nodes = 3
	var cluster []string
	for i := range nodes {
		cluster = append(cluster, fmt.Sprintf("node%d=http://127.0.0.%d:2380", i, 41+i))
	}
	e := &etcd{}
	for i := range nodes {
		name, url := fmt.Sprint("node", i), fmt.Sprint("http://127.0.0.", 41+i)
		p, err := startProcess(filepath.Join(s.dir, name+".log"), nil, s.etcd, "--name", name, "--data-dir", filepath.Join(s.dir, name),
			"--listen-peer-urls", url+":2380", "--initial-advertise-peer-urls", url+":2380",
			"--listen-client-urls", url+":2379", "--advertise-client-urls", url+":2379",
			"--initial-cluster", strings.Join(cluster, ","), "--initial-cluster-state", "new")
		if err != nil {
			e.stop()
			return nil, err
		}
		e.processes = append(e.processes, p)
		client, err := clientv3.New(clientv3.Config{Endpoints: []string{url + ":2379"}, DialTimeout: 5 * time.Second, Logger: zap.NewNop()})
		if err != nil {
			e.stop()
			return nil, err
		}
		e.clients = append(e.clients, client)
	}
	if err := e.await(ctx, e.ready); err != nil {
		e.stop()
		return nil, err
	}
	return e, nil
}

// ready: a write through each node is answered.
func (e *etcd) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for range e.clients {
		if err := e.commit(ctx); err != nil {
			return err
		}
	}
	return nil
}

// commit puts a new key through the next node.
func (e *etcd) commit(ctx context.Context) error {
	n := e.puts.Add(1)
	_, err := e.clients[n%int64(len(e.clients))].Put(ctx, fmt.Sprintf("%016d", n), strings.Repeat("x", valueSize))
	return err
}

func (e *etcd) throughput(ctx context.Context, length time.Duration) (throughput, error) {
	rate, failed := closedLoop(ctx, etcdClients, length, e.commit)
	return throughput{PerSecond: rate, Failed: failed, How: fmt.Sprint("closed loop, ", etcdClients, " clients")}, nil
}

func (e *etcd) stop() {
	for _, c := range e.clients {
		_ = c.Close()
	}
	e.processes.stop()
}

// etcdVersion asks the binary.
func etcdVersion(binary string) string {
	out, err := exec.Command(binary, "--version").Output()
	if err != nil {
		return err.Error()
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimPrefix(first, "etcd Version: ")
}
