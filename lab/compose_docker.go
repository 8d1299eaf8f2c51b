package lab

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// docker is how containers are handled on this machine.
type docker struct {
	command []string // of compose: docker compose, or docker-compose
	project string   // a name that no other network has
	image   string
}

// ComposeImage is the image that docker-compose.yml names, unless BLINK_IMAGE names another.
const ComposeImage = "blinkd:local"

// findDocker checks that everything is there before anything is started.
func findDocker(ctx context.Context, cfg composeConfig) (docker, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	d := docker{project: "blink-lab-" + randomText()[:12], image: ComposeImage}
	if image := os.Getenv("BLINK_IMAGE"); image != "" {
		d.image = image
	}
	if _, err := exec.LookPath("docker"); err != nil {
		return d, errors.New("backend compose needs docker, which is not in PATH: install it, or use network.backend: process")
	}
	if _, err := runCommand(ctx, nil, "docker", "version", "--format", "{{.Server.Version}}"); err != nil {
		return d, fmt.Errorf("backend compose needs a running docker daemon that this user may use: %w", err)
	}
	switch {
	case succeeds(ctx, "docker", "compose", "version"):
		d.command = []string{"docker", "compose"}
	case succeeds(ctx, "docker-compose", "version"):
		d.command = []string{"docker-compose"}
	default:
		return d, errors.New("backend compose needs docker compose, or docker-compose 1.29 or newer: install one of them")
	}
	if !succeeds(ctx, "docker", "image", "inspect", d.image) {
		return d, fmt.Errorf("the image %s is missing: build it in the folder of %s with: make docker", d.image, filepath.Base(cfg.File))
	}
	return d, nil
}

// version is that of the program in the image, "" if it does not say.
func (d docker) version(ctx context.Context) string {
	out, err := runCommand(ctx, nil, "docker", "run", "--rm", "--network", "none", d.image, "version", "-o", "json")
	var v struct {
		Version string `json:"version"`
	}
	if err != nil || json.Unmarshal([]byte(out), &v) != nil {
		return ""
	}
	return v.Version
}

// compose runs a command of compose on this project.
func (c *composeCluster) compose(ctx context.Context, args ...string) (string, error) {
	env := []string{"BLINK_IMAGE=" + c.docker.image, "DOCKER_CLI_HINTS=false"}
	for _, n := range c.nodes {
		env = append(env, fmt.Sprintf("BLINK_PORT%d=%d", n.number, n.port))
	}
	all := append(c.docker.command[1:len(c.docker.command):len(c.docker.command)],
		"-p", c.docker.project, "-f", c.cfg.File, "-f", c.overrideFile())
	if c.cfg.Observers > 0 {
		all = append(all, "--profile", "observer")
	}
	return runCommand(ctx, env, c.docker.command[0], append(all, args...)...)
}

// succeeds reports whether a command ends with status 0.
func succeeds(ctx context.Context, name string, args ...string) bool {
	_, err := runCommand(ctx, nil, name, args...)
	return err == nil
}

// runCommand runs a command and returns what it printed. Its error holds the last of what it printed about errors.
func runCommand(ctx context.Context, env []string, name string, args ...string) (string, error) {
	var out, problems bytes.Buffer
	cmd := apart(exec.CommandContext(ctx, name, args...))
	cmd.Env = append(childEnvironment(os.Environ()), env...)
	cmd.Stdout, cmd.Stderr = &out, &problems
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if err == nil {
		return out.String(), nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	text := strings.TrimSpace(problems.String())
	return out.String(), fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, text[max(0, len(text)-2000):])
}

// randomText is 32 hexadecimal digits.
func randomText() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
