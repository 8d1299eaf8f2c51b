package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// excluded are the files of the package that are not mutated.
var excluded = []struct{ pattern, why string }{
	{"audit*.go", "run in tests only, they are one of the judges"},
	{"codec.go", "golden bytes hold the encoding (TestGoldenState)"},
	{"keys.go", "golden bytes hold the keys (TestGoldenState)"},
	{"params.go", "golden bytes hold the record (TestGoldenState, TestEveryParameterIsKept)"},
	{"query*.go", "read for the API, decide nothing"},
	{"export*.go", "read for the export; an exported chain is compared with its original key by key"},
	{"import*.go", "write what was exported, likewise"},
	{"refusal.go", "the words of a refusal"},
}

func isExcluded(file string) bool {
	return slices.ContainsFunc(excluded, func(e struct{ pattern, why string }) bool {
		match, err := filepath.Match(e.pattern, file)
		return match || err != nil
	})
}

// skipFunction: the functions that only write or read a record are held by golden bytes, wherever they stand.
func skipFunction(name string) bool {
	return name == "encode" || strings.HasPrefix(name, "encode") || strings.HasPrefix(name, "decode") || strings.HasPrefix(name, "parse")
}

// program is the package with its types.
type program struct {
	dir     string
	fset    *token.FileSet
	imports types.Importer
	names   []string // of the files, sorted
	source  map[string][]byte
	files   map[string]*ast.File
	info    *types.Info
	pkg     *types.Package
}

func load(dir string) (*program, error) {
	p := &program{dir: dir, fset: token.NewFileSet(), source: map[string][]byte{}, files: map[string]*ast.File{},
		info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, path := range paths {
		name := filepath.Base(path)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(p.fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.names, p.source[name], p.files[name] = append(p.names, name), text, file
		files = append(files, file)
	}
	slices.Sort(p.names)
	if p.imports, err = importsOf(dir, p.fset); err != nil {
		return nil, err
	}
	p.pkg, err = (&types.Config{Importer: p.imports}).Check("blink/"+dir, p.fset, files, p.info)
	return p, err
}

// importsOf reads what the package imports from the compiler's export data.
func importsOf(dir string, fset *token.FileSet) (types.Importer, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "./"+dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %v\n%s", err, stderr.Bytes())
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if name, file, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			exports[name] = file
		}
	}
	return importer.ForCompiler(fset, "gc", func(name string) (io.ReadCloser, error) { return os.Open(exports[name]) }), nil
}

// text is the source of a node.
func (p *program) text(n ast.Node) string {
	from, to := p.fset.Position(n.Pos()), p.fset.Position(n.End())
	return string(p.source[filepath.Base(from.Filename)][from.Offset:to.Offset])
}

// typeText writes a type as the file that uses it would.
func (p *program) typeText(file string, t types.Type) string {
	return types.TypeString(types.Default(t), func(other *types.Package) string {
		if other == p.pkg {
			return ""
		}
		for _, spec := range p.files[file].Imports {
			if spec.Name != nil && strings.Trim(spec.Path.Value, `"`) == other.Path() {
				return spec.Name.Name
			}
		}
		return other.Name()
	})
}
