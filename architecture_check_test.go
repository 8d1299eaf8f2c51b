package blink_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pure says what a folder must keep away from.
type pure struct {
	noClock    bool     // time.Now and its kin; time.Time as a value is welcome
	noGo       bool     // go statements
	noRandom   bool     // math/rand, crypto/rand
	noFloat    bool     // float32, float64 and their literals
	noMapRange bool     // iteration over a map, whose order differs on each replica
	noImport   []string // further packages, by exact path
}

// folder is one package as the rules see it.
type folder struct {
	name  string // slash-separated, "" for the top level
	fset  *token.FileSet
	files []*ast.File // without _test.go
}

// parseFolder reads the Go files of one folder, tests left out.
func parseFolder(dir string) (folder, error) {
	f := folder{name: filepath.ToSlash(dir), fset: token.NewFileSet()}
	if f.name == "." {
		f.name = ""
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return f, err
	}
	for _, p := range paths {
		if strings.HasSuffix(p, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(f.fset, p, nil, parser.SkipObjectResolution)
		if err != nil {
			return f, err
		}
		f.files = append(f.files, file)
	}
	return f, nil
}

// violations lists every broken rule but the one that needs types (mapRanges).
func (f folder) violations() []string {
	if len(f.files) == 0 {
		return nil
	}
	var out []string
	report := func(pos token.Pos, format string, args ...any) {
		out = append(out, fmt.Sprintf("%s: %s", f.fset.Position(pos), fmt.Sprintf(format, args...)))
	}
	if _, ok := lookup(mayImport, f.name); !ok {
		report(f.files[0].Package, "folder %s is not in mayImport (architecture_test.go): say where it belongs", f.name)
	}
	for _, file := range f.files {
		if name := file.Name.Name; slices.Contains([]string{"util", "utils", "common", "types", "helpers"}, name) {
			report(file.Package, "package %s says nothing: name it after what it holds", name)
		}
		for _, spec := range file.Imports {
			for _, problem := range f.importProblems(spec) {
				report(spec.Pos(), "%s", problem)
			}
		}
		f.inspect(file, report)
	}
	return out
}

// importProblems says what is wrong with one import of this folder.
func (f folder) importProblems(spec *ast.ImportSpec) []string {
	target, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	if own, ok := strings.CutPrefix(target, "blink/"); ok {
		allowed, _ := lookup(mayImport, f.name)
		if !slices.Contains(allowed, "*") && !slices.Contains(allowed, own) && !within(own, f.name) {
			out = append(out, fmt.Sprintf("%s must not import %s", f.name, own))
		}
	}
	for dependency, homes := range homeOf {
		if within(target, dependency) && !slices.ContainsFunc(homes, func(h string) bool { return within(f.name, h) }) {
			out = append(out, fmt.Sprintf("%s belongs in %s only", dependency, strings.Join(homes, ", ")))
		}
	}
	rule, _ := lookup(purity, f.name)
	if slices.Contains(rule.noImport, target) {
		out = append(out, fmt.Sprintf("%s must not import %s", f.name, target))
	}
	if rule.noRandom && slices.Contains([]string{"math/rand", "math/rand/v2", "crypto/rand"}, target) {
		out = append(out, fmt.Sprintf("%s must not import %s: randomness is an argument", f.name, target))
	}
	if spec.Name != nil && spec.Name.Name == "." {
		out = append(out, "no dot imports")
	}
	return out
}

// inspect walks one file for what a folder's purity forbids.
func (f folder) inspect(file *ast.File, report func(token.Pos, string, ...any)) {
	rule, _ := lookup(purity, f.name)
	clock := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer"}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				report(n.Pos(), "no func init: construct what you need where it is used")
			}
		case *ast.GoStmt:
			if rule.noGo {
				report(n.Pos(), "%s starts no goroutines", f.name)
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && rule.noClock && x.Name == "time" && slices.Contains(clock, n.Sel.Name) {
				report(n.Pos(), "%s must not use time.%s: time is an argument", f.name, n.Sel.Name)
			}
		case *ast.Ident:
			if rule.noFloat && (n.Name == "float32" || n.Name == "float64") {
				report(n.Pos(), "%s must not use %s: integers only", f.name, n.Name)
			}
		case *ast.BasicLit:
			if rule.noFloat && (n.Kind == token.FLOAT || n.Kind == token.IMAG) {
				report(n.Pos(), "%s must not use the float %s: integers only", f.name, n.Value)
			}
		}
		return true
	})
}

// mapRanges type-checks a folder against the compiler's export data and lists
// what visits a map in its own order. slices.Sorted(maps.Keys(m)) is the way.
func mapRanges(t *testing.T, dir string) []string {
	t.Helper()
	f, err := parseFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if rule, _ := lookup(purity, f.name); len(f.files) == 0 || !rule.noMapRange {
		return nil
	}
	list, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "./"+dir).Output()
	if err != nil {
		t.Fatalf("go list -export ./%s: %v", dir, err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(list)) {
		if name, file, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			exports[name] = file
		}
	}
	out, err := f.mapRanges(importer.ForCompiler(f.fset, "gc", func(name string) (io.ReadCloser, error) {
		return os.Open(exports[name])
	}))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (f folder) mapRanges(imports types.Importer) ([]string, error) {
	info := types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	if _, err := (&types.Config{Importer: imports}).Check("blink/"+f.name, f.fset, f.files, &info); err != nil {
		return nil, err
	}
	var out []string
	for _, file := range f.files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.RangeStmt:
				if _, ok := info.TypeOf(n.X).Underlying().(*types.Map); ok {
					out = append(out, fmt.Sprintf("%s: %s must not range over a map: sort its keys first", f.fset.Position(n.Pos()), f.name))
				}
			case *ast.CallExpr:
				if strings.HasPrefix(types.ExprString(n.Fun), "slices.Sorted") {
					return false // sorts what it is given
				}
				if fun := types.ExprString(n.Fun); fun == "maps.Keys" || fun == "maps.Values" || fun == "maps.All" {
					out = append(out, fmt.Sprintf("%s: %s must sort what %s yields", f.fset.Position(n.Pos()), f.name, fun))
				}
			}
			return true
		})
	}
	return out, nil
}

// lookup finds the rule of a folder, or of the nearest folder above it.
func lookup[V any](rules map[string]V, name string) (V, bool) {
	for {
		if v, ok := rules[name]; ok {
			return v, true
		}
		up := path.Dir(name)
		if up == name || up == "." {
			var none V
			return none, false
		}
		name = up
	}
}

// within reports whether an import path or folder is root or lies below it.
func within(name, root string) bool {
	return name == root || strings.HasPrefix(name, root+"/")
}

func TestArchitectureCheckerCanFail(t *testing.T) {
	for _, c := range []struct{ folder, source, want string }{
		{"app", `package app; import _ "blink/node"`, "app must not import node"},
		{"app", `package app; import _ "net/http"`, "app must not import net/http"},
		{"app", `package app; import _ "math/rand/v2"`, "randomness is an argument"},
		{"app", `package app; import _ "github.com/cometbft/cometbft/abci/types"`, "belongs in abci, node, finality/receipt only"},
		{"app", `package app; import "time"; var t = time.Now()`, "must not use time.Now"},
		{"app", `package app; func f() { go f() }`, "starts no goroutines"},
		{"app", `package app; var rate = 0.5`, "must not use the float 0.5"},
		{"app", `package app; var rate float64`, "must not use float64"},
		{"app/staking", `package staking; var rate float64`, "must not use float64"},
		{"store", `package store; import _ "blink/app"`, "store must not import app"},
		{"api", `package api; import _ "blink/abci"`, "api must not import abci"},
		{"api/client", `package client; import _ "blink/store"`, "api/client must not import store"},
		{"node", `package node; import _ "github.com/cosmos/iavl"`, "belongs in store only"},
		{"lab", `package lab; import _ "github.com/gorilla/mux"`, "belongs in api only"},
		{"tx", `package tx; import _ "github.com/btcsuite/btcd/btcec/v2/schnorr"`, "belongs in crypto only"},
		{"node", `package node; func init() {}`, "no func init"},
		{"node", `package util`, "package util says nothing"},
		{"node", `package node; import . "fmt"`, "no dot imports"},
		{"helpers", `package helpers`, "folder helpers is not in mayImport"},

		{"app", `package app; import ("time"; _ "blink/store"); func f(t time.Time) int64 { return t.Unix() }`, ""},
		{"store", `package store; import _ "github.com/cosmos/iavl/db"`, ""},
		{"finality/receipt", `package receipt; import _ "github.com/cometbft/cometbft/light"`, ""},
		{"store", `package store; import _ "github.com/cometbft/cometbft-db"`, ""},
		{"api/client", `package client; import _ "blink/tx"`, ""},
		{"cmd/blinkd", `package main; import ("time"; _ "blink/node"); var _ = time.Now; func f() { go f() }`, ""},
		{"node", `package node; type reactor struct{}; func (reactor) init() {}`, ""},
	} {
		t.Run(c.source, func(t *testing.T) {
			got := strings.Join(synthetic(t, c.folder, c.source).violations(), "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("in %s: got %q, want %q", c.folder, got, c.want)
			}
		})
	}
}

func TestMapRangeCheckerCanFail(t *testing.T) {
	for _, c := range []struct {
		source string
		want   int
	}{
		{`package app; func f(m map[string]int) { for range m {} }`, 1},
		{`package app; type set map[string]bool; type s struct{ in set }; func f(v s) { for k := range v.in { _ = k } }`, 1},
		{`package app; import ("maps"; "slices"); func f(m map[string]int) []string { return slices.Collect(maps.Keys(m)) }`, 1},
		{`package app; import ("maps"; "slices"); func f(m map[string]int) []string { return slices.Sorted(maps.Keys(m)) }`, 0},
		{`package app; func f(s []int, n int) { for range s {}; for range n {} }`, 0},
	} {
		got, err := synthetic(t, "app", c.source).mapRanges(importer.Default())
		if err != nil || len(got) != c.want {
			t.Errorf("%s: got %q, %v; want %d violations", c.source, got, err, c.want)
		}
	}
}

// synthetic is a folder of one made-up file.
func synthetic(t *testing.T, name, source string) folder {
	t.Helper()
	f := folder{name: name, fset: token.NewFileSet()}
	file, err := parser.ParseFile(f.fset, "synthetic.go", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	f.files = []*ast.File{file}
	return f
}
