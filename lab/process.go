package lab

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
)

// starter starts processes that cannot outlive this one. Linux kills a child when the *thread* that started it ends
// (PR_SET_PDEATHSIG in prctl(2)), and Go ends threads at will, so all children are started from one thread that is
// kept for as long as the network runs.
type starter struct {
	calls chan func()
}

func newStarter() *starter {
	s := &starter{calls: make(chan func())}
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		for call := range s.calls {
			call()
		}
	}()
	return s
}

// close ends the thread, and with it what still runs.
func (s *starter) close() { close(s.calls) }

// process is a child in its own process group, so that a Ctrl-C at the terminal reaches the parent alone, which then
// stops its children in order.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended and was waited for
	told atomic.Bool   // it was asked to end, or killed
}

// start runs binary with args; what it prints is appended to the file log.
func (s *starter) start(binary, log string, args ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer out.Close() // the child has its own descriptor
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = childEnvironment(os.Environ())
	cmd.SysProcAttr = childAttributes()
	started := make(chan error)
	s.calls <- func() { started <- cmd.Start() }
	if err := <-started; err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // the exit status is read from ProcessState
		close(p.done)
	}()
	return p, nil
}

// childEnvironment drops blink's own variables: a BLINK_REST_LADDR meant for one node would give all of them one port.
func childEnvironment(env []string) []string {
	kept := make([]string, 0, len(env))
	for _, e := range env {
		if !strings.HasPrefix(e, "BLINK_") {
			kept = append(kept, e)
		}
	}
	return kept
}

func (p *process) pid() int { return p.cmd.Process.Pid }

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// terminate asks the process to stop, also when it is paused.
func (p *process) terminate() {
	if p.running() {
		p.told.Store(true)
		signalTerminate(p.pid())
	}
}

// kill ends the process and whatever it has started.
func (p *process) kill() {
	if p.running() {
		p.told.Store(true)
		signalKill(p.pid())
	}
}

// pause freezes the process: it keeps its connections and does nothing.
func (p *process) pause() error { return signalPause(p.pid()) }

// resume lets it go on.
func (p *process) resume() error { return signalResume(p.pid()) }

// exitCode is valid once done is closed; -1 if a signal ended the process.
func (p *process) exitCode() int { return p.cmd.ProcessState.ExitCode() }

// reason says how the process ended: "exit 1" or "killed by signal: killed".
func (p *process) reason() string {
	if code := p.exitCode(); code >= 0 {
		return fmt.Sprintf("exit %d", code)
	}
	return "ended by " + p.cmd.ProcessState.String() // "signal: killed"
}

// lastLines returns up to n of the last lines of a file, nil if it cannot be read.
func lastLines(path string, n int) []string {
	const tail = 16 << 10
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	size, err := f.Seek(0, 2)
	if err != nil {
		return nil
	}
	buf := make([]byte, min(size, tail))
	if _, err := f.ReadAt(buf, size-int64(len(buf))); err != nil {
		return nil
	}
	text := strings.TrimSpace(string(buf))
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	return lines[max(0, len(lines)-n):]
}
