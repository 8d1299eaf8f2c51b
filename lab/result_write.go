package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// folder is where the results of a scenario go; "" if nothing is to be written.
func (cfg RunConfig) folder(scenario string) string {
	if cfg.Out == "" {
		return ""
	}
	return filepath.Join(cfg.Out, scenario)
}

// write writes what was found out about a scenario.
func (cfg RunConfig) write(scenario string, r Result) error {
	dir := cfg.folder(scenario)
	if dir == "" {
		return nil
	}
	return WriteResult(dir, r)
}

// folder is where the results of this run go: those of a sweep beside each other.
func (r *trial) folder() string {
	dir := r.cfg.folder(r.scenario.Name)
	if dir != "" && len(r.scenario.Network.Validators) > 1 {
		return filepath.Join(dir, fmt.Sprintf("validators-%d", r.validators))
	}
	return dir
}

// write writes what was found out in this run; of a failed one with what the nodes printed.
func (r *trial) write(result Result) error {
	dir := r.folder()
	if dir == "" {
		return nil
	}
	if err := os.RemoveAll(filepath.Join(dir, "logs")); err != nil { // of a run before
		return err
	}
	err := WriteResult(dir, result)
	if !result.Passed {
		err = errors.Join(err, r.keepLogs(dir))
	}
	return err
}

// networkFolder makes an empty folder for the network.
func (r *trial) networkFolder() (string, error) {
	if !r.cfg.Keep {
		return os.MkdirTemp("", "blink-lab-"+r.scenario.Name+"-")
	}
	dir := filepath.Join(r.folder(), "network")
	if exists(dir) && !exists(manifestPath(dir)) {
		return "", fmt.Errorf("%s is in the way and was not made by the lab: choose another --out", dir)
	}
	if err := os.RemoveAll(dir); err != nil { // that of a run before
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o755)
}

// WriteResult writes result.json into a folder, which is made if it is missing, and the page and pictures that show it.
func WriteResult(dir string, r Result) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	next := filepath.Join(dir, "result.json.new")
	if err := os.WriteFile(next, append(text, '\n'), 0o644); err != nil {
		return err
	}
	if err := os.Rename(next, filepath.Join(dir, "result.json")); err != nil {
		return err
	}
	return WriteLabPage(dir, r)
}

// keepLogs copies what the nodes printed to dir/logs, the last part of it.
func (r *trial) keepLogs(dir string) error {
	dir = filepath.Join(dir, "logs")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var errs []error
	for _, n := range r.nodes {
		if n.Log != "" {
			errs = append(errs, copyTail(filepath.Join(dir, n.Name+".log"), n.Log))
		}
	}
	return errors.Join(errs...)
}

// maxLogBytes is what is kept of one node's log.
const maxLogBytes = 16 << 20

func copyTail(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if size, err := in.Seek(0, io.SeekEnd); err != nil {
		return err
	} else if _, err := in.Seek(max(0, size-maxLogBytes), io.SeekStart); err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.LimitReader(in, maxLogBytes))
	return errors.Join(err, out.Close())
}
