package lab

import (
	"context"
	"errors"
	"fmt"
	"time"

	"blink/lab/link"
)

// dockerTimeout bounds one command to the docker daemon.
const dockerTimeout = time.Minute

// do gives the docker daemon a command about node i.
func (c *composeCluster) do(i int, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), dockerTimeout)
	defer cancel()
	_, err := runCommand(ctx, nil, "docker", append(args, c.nodes[i].id)...)
	return err
}

// Kill implements cluster.
func (c *composeCluster) Kill(i int) error { return c.end(i, "kill", "--signal", "KILL") }

// Terminate implements cluster.
func (c *composeCluster) Terminate(i int) error { return c.end(i, "stop", "--time", "10") }

// end ends node i by a command and returns when it is gone.
func (c *composeCluster) end(i int, args ...string) error {
	n := c.nodes[i]
	n.expect()
	if err := c.do(i, args...); err != nil {
		return err
	}
	select {
	case <-n.gone():
		return nil
	case <-time.After(dockerTimeout):
		return fmt.Errorf("%s is still there after docker %s", n.Name, args[0])
	}
}

// Restart implements cluster.
func (c *composeCluster) Restart(_ context.Context, i int) error {
	if err := c.do(i, "start"); err != nil {
		return err
	}
	c.watch(c.nodes[i])
	return nil
}

// Running implements cluster.
func (c *composeCluster) Running(i int) bool {
	select {
	case <-c.nodes[i].gone():
		return false
	default:
		return true
	}
}

// Pause implements cluster.
func (c *composeCluster) Pause(i int) error { return c.do(i, "pause") }

// Resume implements cluster.
func (c *composeCluster) Resume(i int) error { return c.do(i, "unpause") }

// Disconnect implements cluster: the network card that leads to the other nodes is taken out.
func (c *composeCluster) Disconnect(i int) error {
	return c.do(i, "network", "disconnect", c.network())
}

// Reconnect implements cluster: with the name and the address that the node had.
func (c *composeCluster) Reconnect(i int) error {
	return c.do(i, "network", "connect", "--alias", c.nodes[i].Name, "--ip", c.net.node(i), c.network())
}

// network is the name of the nodes' network.
func (c *composeCluster) network() string { return c.docker.project + "_default" }

var errNoDisk = errors.New("fill_disk needs network.backend: process; a container's volume shares the disk of docker")

// FillDisk implements cluster, by refusing.
func (c *composeCluster) FillDisk(int) error { return errNoDisk }

// FreeDisk implements cluster, by refusing.
func (c *composeCluster) FreeDisk(int) error { return errNoDisk }

// Mesh implements cluster: the links of containers have no proxies.
func (c *composeCluster) Mesh() *link.Mesh { return nil }
