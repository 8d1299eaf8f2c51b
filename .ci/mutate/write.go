package main

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// switches is the file that is added to the package. All of it ends in two underscores, so that it meets no other name.
// The variable is read while the package starts, before anything that a mutant may change.
const switches = `package app

import (
	"cmp"
	"fmt"
	"math/bits"
	"os"
	"strconv"
	"sync"

	"blink/coin"
)

var (
	mutant__, _  = strconv.Atoi(os.Getenv("` + variable + `"))
	list__, _    = os.OpenFile(os.Getenv("` + listVariable + `"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	reached__    = map[int]bool{}
	reachedMu__  sync.Mutex
)

// reach__ writes down that mutants are reached, once each.
func reach__(id, n int) {
	if list__ == nil {
		return
	}
	reachedMu__.Lock()
	defer reachedMu__.Unlock()
	for i := id; i < id+n; i++ {
		if !reached__[i] {
			reached__[i] = true
			fmt.Fprintln(list__, i)
		}
	}
}

func on__(id int) bool {
	reach__(id, 1)
	return mutant__ == id
}

// off__: none of the n mutants from id on.
func off__(id, n int) bool {
	reach__(id, n)
	return mutant__ < id || mutant__ >= id+n
}

func pick__[T any](id int, original T, others ...T) T {
	if off__(id, len(others)) {
		return original
	}
	return others[mutant__-id]
}

func zero__[T any](id int, value T) T {
	if on__(id) {
		var zero T
		return zero
	}
	return value
}

func max__[T cmp.Ordered](id int, a, b T) T {
	if on__(id) {
		return min(a, b)
	}
	return max(a, b)
}

func min__[T cmp.Ordered](id int, a, b T) T {
	if on__(id) {
		return max(a, b)
	}
	return min(a, b)
}

type integer__ interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

func operate__[T, S integer__](id int, a T, b S, op, other string) T {
	if on__(id) {
		op = other
	}
	switch op {
	case "+":
		return a + T(b)
	case "-":
		return a - T(b)
	case "*":
		return a * T(b)
	case "/":
		return a / T(b)
	case "%":
		return a % T(b)
	case "&":
		return a & T(b)
	case "|":
		return a | T(b)
	case "<<":
		return a << b
	case ">>":
		return a >> b
	}
	panic("no such operator: " + op)
}

func mulDivDown__(a, num, den uint64) uint64 { return uint64(coin.Amount(a).MulDiv(num, den)) }

func mulDivUp__(a coin.Amount) func(num, den uint64) coin.Amount {
	return func(num, den uint64) coin.Amount {
		hi, lo := bits.Mul64(uint64(a), num)
		quo, _ := div64Up__(hi, lo, den)
		return coin.Amount(quo)
	}
}

func div64Up__(hi, lo, den uint64) (quo, rem uint64) {
	if quo, rem = bits.Div64(hi, lo, den); rem != 0 {
		quo++
	}
	return quo, rem
}
`

// The environment variables that turn the switch, and that name the file to list the mutants in that were reached.
const (
	variable     = "BLINK_MUTANT"
	listVariable = "BLINK_MUTANTS_REACHED"
)

const switchesFile = "mutants__.go"

// instrument writes all files with their mutants. Sites whose mutants do not compile are dropped.
func (p *program) instrument(sites []*site) (sources map[string]string, dropped map[*site]bool, err error) {
	dropped = map[*site]bool{}
	byID := map[int]*site{}
	for _, s := range sites {
		for _, m := range s.mutants {
			byID[m.id] = s
		}
	}
	for {
		sources = map[string]string{switchesFile: switches}
		for _, name := range p.names {
			w := &writer{p: p, file: name, sites: map[ast.Node]*site{}}
			for _, s := range sites {
				if s.file == name && !dropped[s] {
					w.sites[s.node] = s
				}
			}
			if len(w.sites) > 0 {
				sources[name] = w.node(p.files[name])
			}
		}
		file, offset, problem := p.check(sources)
		if problem == nil {
			return sources, dropped, nil
		}
		s := byID[lastSwitch(sources[file], offset)]
		if s == nil || dropped[s] {
			return nil, nil, fmt.Errorf("%s with its mutants does not compile: %v", file, problem)
		}
		dropped[s] = true
	}
}

// check says where the first error is.
func (p *program) check(sources map[string]string) (file string, offset int, err error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range append([]string{switchesFile}, p.names...) {
		text, ok := sources[name]
		if !ok {
			text = string(p.source[name])
		}
		f, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return name, 0, err
		}
		files = append(files, f)
	}
	var first *types.Error
	config := types.Config{Importer: p.imports, Error: func(err error) {
		if e, ok := err.(types.Error); ok && first == nil {
			first = &e
		}
	}}
	config.Check("blink/"+p.dir, fset, files, nil)
	if first == nil {
		return "", 0, nil
	}
	at := fset.Position(first.Pos)
	return at.Filename, at.Offset, *first
}

var switchCall = regexp.MustCompile(`__\((\d+)`)

// lastSwitch is the mutant whose switch stands nearest before an offset.
func lastSwitch(text string, offset int) int {
	all := switchCall.FindAllStringSubmatch(text[:min(offset+20, len(text))], -1)
	if len(all) == 0 {
		return 0
	}
	id, _ := strconv.Atoi(all[len(all)-1][1])
	return id
}

// writer writes one file with its switches.
type writer struct {
	p     *program
	file  string
	sites map[ast.Node]*site
}

// node is the text of n, with the sites in it written out.
func (w *writer) node(n ast.Node) string {
	if s := w.sites[n]; s != nil {
		return w.site(s)
	}
	return w.inside(n)
}

// inside is the text of n as it was, but for the sites below it.
func (w *writer) inside(n ast.Node) string {
	source := w.p.source[w.file]
	offset := func(pos token.Pos) int { return w.p.fset.Position(pos).Offset }
	var out strings.Builder
	at, end := offset(n.Pos()), offset(n.End())
	if _, whole := n.(*ast.File); whole {
		at, end = 0, len(source)
	}
	ast.Inspect(n, func(c ast.Node) bool {
		if c == nil || c == n {
			return true
		}
		s := w.sites[c]
		if s == nil {
			return true
		}
		out.Write(source[at:offset(c.Pos())])
		out.WriteString(w.site(s))
		at = offset(c.End())
		return false
	})
	out.Write(source[at:end])
	return out.String()
}

// site writes the original and all alternatives, of which one runs.
func (w *writer) site(s *site) string {
	id, n := s.mutants[0].id, len(s.mutants)
	switch s.kind {
	case boolSite:
		var out strings.Builder
		for i, alt := range s.alts {
			fmt.Fprintf(&out, "on__(%d) && (%s) || ", s.mutants[i].id, alt)
		}
		return fmt.Sprintf("(%soff__(%d, %d) && (%s))", out.String(), id, n, w.inside(s.node))
	case valueSite:
		original := w.p.text(s.node)
		if tv := w.p.info.Types[s.node.(ast.Expr)]; isInteger(types.Default(tv.Type)) {
			original = w.p.typeText(w.file, tv.Type) + "(" + original + ")"
		}
		return fmt.Sprintf("pick__(%d, %s, %s)", id, original, strings.Join(s.alts, ", "))
	case functionSite:
		call := s.node.(*ast.CallExpr)
		fun := w.p.text(call.Fun)
		return fmt.Sprintf("pick__(%d, %s, %s)(%s)", id, fun, strings.Join(s.alts, ", "), w.list(call.Args))
	case minMaxSite:
		call := s.node.(*ast.CallExpr)
		return fmt.Sprintf("%s__(%d, %s)", w.p.text(call.Fun), id, w.list(call.Args))
	case operatorSite:
		e := s.node.(*ast.BinaryExpr)
		return fmt.Sprintf("operate__(%d, %s, %s, %q, %q)", id, w.operand(e.X), w.operand(e.Y), e.Op, s.alts[0])
	case zeroSite:
		return fmt.Sprintf("zero__(%d, %s)", id, w.inside(s.node))
	}
	var out strings.Builder
	for i, alt := range s.alts {
		fmt.Fprintf(&out, "if on__(%d) { %s } else ", s.mutants[i].id, alt)
	}
	return out.String() + "{ " + w.inside(s.node) + " }"
}

// operand gives a constant its type, which the other operand would have given it.
func (w *writer) operand(e ast.Expr) string {
	if tv := w.p.info.Types[e]; tv.Value != nil && w.sites[e] == nil {
		return w.p.typeText(w.file, tv.Type) + "(" + w.p.text(e) + ")"
	}
	return w.node(e)
}

func (w *writer) list(args []ast.Expr) string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = w.node(a)
	}
	return strings.Join(out, ", ")
}

// build compiles the tests of the package once, with the instrumented files in the place of the real ones, and copies what
// they read. After that nobody needs to leave the sources alone.
func build(ctx context.Context, dir string, sources map[string]string) (binary string, err error) {
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for name, text := range sources {
		copied := filepath.Join(dir, name)
		if err := os.WriteFile(copied, []byte(text), 0o644); err != nil {
			return "", err
		}
		real, err := filepath.Abs(filepath.Join(folder, name))
		if err != nil {
			return "", err
		}
		overlay.Replace[real] = copied
	}
	list, err := json.Marshal(overlay)
	if err != nil {
		return "", err
	}
	overlayFile := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlayFile, list, 0o644); err != nil {
		return "", err
	}
	if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS(filepath.Join(folder, "testdata"))); err != nil {
		return "", err
	}
	binary = filepath.Join(dir, folder+".test")
	out, err := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", overlayFile, "-o", binary, "./"+folder).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("the mutants do not compile: %v\n%s", err, out)
	}
	return binary, nil
}
