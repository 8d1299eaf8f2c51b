package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"blink/abci"
)

// release is the version that a build gives itself: -ldflags "-X main.release=v0.1.0". Only the linker sets it.
var release string

// version tells which blinkd this is, as the build wrote it into the binary.
type version struct {
	Version  string `json:"version"`     // the release, or the module's, "(devel)" when built from a work tree; +tags it was built with
	Commit   string `json:"commit"`      // of the source, "unknown" when built outside a repository
	Modified bool   `json:"modified"`    // the source had changes that were not committed
	App      uint64 `json:"app_version"` // newest version of the rules that it knows
	Go       string `json:"go"`
	CometBFT string `json:"cometbft"`
	Platform string `json:"platform"`
}

// buildVersion reads the version from the running binary.
func buildVersion() version {
	v := version{Version: "unknown", Commit: "unknown", App: abci.AppVersion, CometBFT: "unknown",
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Version = first(release, info.Main.Version, "(devel)")
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		case "-tags":
			v.Version += "+" + strings.ReplaceAll(s.Value, ",", ".")
		}
	}
	for _, dep := range info.Deps {
		if dep.Path == "github.com/cometbft/cometbft" {
			v.CometBFT = dep.Version
		}
	}
	return v
}

func newVersionCmd(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version of blinkd and of what it is built with",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := buildVersion()
			return env.print(func(w io.Writer) {
				fmt.Fprintf(w, "blinkd %s (commit %s), app version %d, %s, CometBFT %s, %s\n", v.Version, v.Commit, v.App, v.Go, v.CometBFT, v.Platform)
			}, v)
		},
	}
}
