package scenario

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

// shipped are the scenarios that come with the program.
//
//go:embed shipped/*.yaml
var shipped embed.FS

// Names lists the shipped scenarios, in alphabetical order.
func Names() []string {
	files, _ := fs.Glob(shipped, "shipped/*.yaml") // the pattern is well formed
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	return names
}

// Shipped returns a scenario that comes with the program; the error is fs.ErrNotExist if there is none of that name.
func Shipped(name string) (Scenario, error) {
	file := path.Join("shipped", name+".yaml")
	text, err := shipped.ReadFile(file)
	if err != nil {
		return Scenario{}, err
	}
	return Parse(file, text)
}
