package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A site is a piece of source that mutants replace. Sites nest and never cross.
type site struct {
	node    ast.Node
	file    string
	kind    kind
	mutants []mutant
	alts    []string // the source of each mutant; what it means depends on the kind
}

// kind says how a site is written (write.go).
type kind int

const (
	boolSite      kind = iota // an alternative is a condition
	valueSite                 // an alternative is a constant expression of the same type
	functionSite              // the node is a call; an alternative is another function for it
	minMaxSite                // the node is min(a, b) or max(a, b)
	operatorSite              // a op b of integers; an alternative is another operator
	zeroSite                  // a field's value, and the zero value instead
	statementSite             // an alternative is a statement, or nothing
)

// finder walks one function.
type finder struct {
	p        *program
	file     string
	function string
	sites    map[ast.Node]*site
	order    []*site
}

// find lists the sites of the given files, or of all that are not excluded.
func (p *program) find(only []string) []*site {
	var all []*site
	for _, name := range p.names {
		if isExcluded(name) || len(only) > 0 && !slices.Contains(only, name) {
			continue
		}
		for _, decl := range p.files[name].Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if ok && fn.Body != nil && !skipFunction(fn.Name.Name) {
				f := &finder{p: p, file: name, function: fn.Name.Name, sites: map[ast.Node]*site{}}
				f.walk(fn.Body, []ast.Node{fn})
				all = append(all, f.order...)
			}
		}
	}
	id := 1
	for _, s := range all { // the mutants of a site follow one another: off__ counts on it
		for i := range s.mutants {
			s.mutants[i].id = id
			id++
		}
	}
	return all
}

// add notes a mutant of node. before and after are what the report shows.
func (f *finder) add(node ast.Node, k kind, alt, before, after string) {
	s := f.sites[node]
	if s == nil {
		s = &site{node: node, file: f.file, kind: k}
		f.sites[node] = s
		f.order = append(f.order, s)
	}
	if s.kind != k || slices.Contains(s.alts, alt) {
		return
	}
	s.alts = append(s.alts, alt)
	s.mutants = append(s.mutants, mutant{file: f.file, line: f.p.fset.Position(node.Pos()).Line,
		function: f.function, before: oneLine(before), after: oneLine(after)})
}

// walk visits n and what is in it; parents are the nodes around it, outermost first.
func (f *finder) walk(n ast.Node, parents []ast.Node) {
	if n == nil || f.skip(n) {
		return
	}
	switch n := n.(type) {
	case ast.Stmt:
		f.statement(n, parents)
	case ast.Expr:
		if tv := f.p.info.Types[n]; tv.IsType() {
			return
		} else if tv.Value != nil {
			f.constant(n, tv, parents[len(parents)-1])
			return
		}
		f.expression(n, parents[len(parents)-1])
	}
	around := append(slices.Clone(parents), n)
	for _, child := range children(n) {
		f.walk(child, around)
	}
}

// skip: declarations of constants and types must stay as they are, and the words of a refusal or a panic are not tested.
func (f *finder) skip(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl, *ast.DeclStmt:
		return true
	case *ast.CallExpr:
		name := calledName(n)
		return name == "panic" || name == "Sprintf" || name == "Errorf"
	}
	return false
}

// children are the nodes directly in n that may be mutated.
func children(n ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.CallExpr:
		switch calledName(n) {
		case "refuse": // the code is a result, the words are not
			return []ast.Node{n.Args[0]}
		case "hint", "expected":
			return []ast.Node{n.Fun.(*ast.SelectorExpr).X}
		}
		if calledName(n) == "make" { // the capacity decides nothing
			return []ast.Node{n.Args[min(1, len(n.Args)-1)]}
		}
	case *ast.ReturnStmt: // with a refusal, the other results are not read
		if last := len(n.Results) - 1; last > 0 && isRefusal(n.Results[last]) {
			return []ast.Node{n.Results[last]}
		}
	case *ast.SelectorExpr:
		return []ast.Node{n.X}
	case *ast.KeyValueExpr:
		return []ast.Node{n.Value}
	}
	var out []ast.Node
	ast.Inspect(n, func(c ast.Node) bool {
		if c == n {
			return true
		}
		if c != nil {
			out = append(out, c)
		}
		return false
	})
	return out
}

// isRefusal: e is made by refuse, or by a function named after it.
func isRefusal(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && strings.HasPrefix(calledName(call), "refuse") {
			found = true
		}
		return !found
	})
	return found
}

func calledName(call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}

// statement: calls, assignments and jumps are removed; += becomes -=; a condition never holds; a refusal becomes nil.
func (f *finder) statement(n ast.Stmt, parents []ast.Node) {
	switch n := n.(type) {
	case *ast.IfStmt:
		f.condition(n.Cond)
	case *ast.ForStmt:
		if n.Cond != nil {
			f.condition(n.Cond)
		}
	case *ast.SwitchStmt:
		for _, c := range n.Body.List {
			for _, e := range c.(*ast.CaseClause).List {
				if n.Tag == nil {
					f.condition(e)
				}
			}
		}
	}
	if !inList(parents[len(parents)-1]) {
		return
	}
	text := f.p.text(n)
	switch n := n.(type) {
	case *ast.ExprStmt:
		if call, ok := n.X.(*ast.CallExpr); ok && calledName(call) != "panic" {
			f.add(n, statementSite, "", text, "(removed)")
		} else if ok {
			f.add(n, statementSite, "return", "panic", "return")
		}
	case *ast.IncDecStmt:
		f.add(n, statementSite, "", text, "(removed)")
		f.add(n, statementSite, swapAssign(f.p, n), text, swapAssign(f.p, n))
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE {
			return
		}
		f.add(n, statementSite, "", text, "(removed)")
		if swapped := swapAssign(f.p, n); swapped != "" {
			f.add(n, statementSite, swapped, text, swapped)
		}
	case *ast.BranchStmt:
		f.add(n, statementSite, "", text, "(removed)")
	case *ast.ReturnStmt:
		f.returns(n, parents, text)
	}
}

// inList: a statement directly in a block or a case, where an if may stand instead.
func inList(parent ast.Node) bool {
	switch parent.(type) {
	case *ast.BlockStmt, *ast.CaseClause:
		return true
	}
	return false
}

var assignSwaps = map[token.Token]token.Token{token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN,
	token.MUL_ASSIGN: token.QUO_ASSIGN, token.QUO_ASSIGN: token.MUL_ASSIGN, token.OR_ASSIGN: token.AND_ASSIGN,
	token.INC: token.DEC, token.DEC: token.INC}

func swapAssign(p *program, n ast.Stmt) string {
	switch n := n.(type) {
	case *ast.IncDecStmt:
		return p.text(n.X) + assignSwaps[n.Tok].String()
	case *ast.AssignStmt:
		if to, ok := assignSwaps[n.Tok]; ok && isInteger(p.info.TypeOf(n.Lhs[0])) {
			return p.text(n.Lhs[0]) + " " + to.String() + " " + p.text(n.Rhs[0])
		}
	}
	return ""
}

// returns: nil instead of a refusal or an error, the contrary of a truth, and no early return.
func (f *finder) returns(n *ast.ReturnStmt, parents []ast.Node, text string) {
	if len(n.Results) == 0 {
		f.add(n, statementSite, "", text, "(removed)")
		return
	}
	for i, result := range n.Results {
		t := f.p.info.TypeOf(result)
		if isNil(f.p.info, result) || t == nil {
			continue
		}
		name := types.TypeString(t, nil)
		if strings.HasSuffix(name, "/app.refusal") && strings.HasPrefix(name, "*") || name == "error" {
			parts := make([]string, len(n.Results))
			for j, r := range n.Results {
				parts[j] = f.p.text(r)
			}
			parts[i] = "nil"
			alt := "return " + strings.Join(parts, ", ")
			f.add(n, statementSite, alt, text, alt)
		}
		if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&types.IsBoolean != 0 && f.p.info.Types[result].Value == nil {
			f.negate(result)
		}
	}
}

func isNil(info *types.Info, e ast.Expr) bool { return info.Types[e].IsNil() }

// condition: it never holds, or holds when it does not.
func (f *finder) condition(e ast.Expr) {
	if f.p.info.Types[e].Value != nil {
		return
	}
	f.negate(e)
	f.add(e, boolSite, "false", f.p.text(e), "false")
}

// negate turns a truth around, unless a mutation of its operator does that anyway.
func (f *finder) negate(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		if e.Op != token.LAND && e.Op != token.LOR {
			return
		}
	case *ast.UnaryExpr:
		return
	}
	f.add(e, boolSite, "!("+f.p.text(e)+")", f.p.text(e), "!("+f.p.text(e)+")")
}

var comparisonSwaps = map[token.Token][]token.Token{
	token.LSS: {token.LEQ, token.GEQ}, token.LEQ: {token.LSS, token.GTR},
	token.GTR: {token.GEQ, token.LEQ}, token.GEQ: {token.GTR, token.LSS},
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
}

var operatorSwaps = map[token.Token]token.Token{token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO,
	token.QUO: token.MUL, token.REM: token.QUO, token.AND: token.OR, token.OR: token.AND, token.SHL: token.SHR, token.SHR: token.SHL}

func (f *finder) expression(n ast.Expr, parent ast.Node) {
	text := f.p.text(n)
	switch n := n.(type) {
	case *ast.BinaryExpr:
		f.binary(n, text)
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			f.add(n, boolSite, f.p.text(n.X), text, f.p.text(n.X))
		}
	case *ast.CallExpr:
		f.call(n, text)
	}
	if kv, ok := parent.(*ast.KeyValueExpr); ok && kv.Value == n && !isNil(f.p.info, n) && f.sites[n] == nil {
		f.add(n, zeroSite, "", f.p.text(kv), f.p.text(kv.Key)+" left out")
	}
}

func (f *finder) binary(n *ast.BinaryExpr, text string) {
	x, y := f.p.text(n.X), f.p.text(n.Y)
	join := func(op token.Token) string { return x + " " + op.String() + " " + y }
	switch swaps := comparisonSwaps[n.Op]; {
	case n.Op == token.LAND:
		f.add(n, boolSite, join(token.LOR), text, join(token.LOR))
		f.add(n, boolSite, x, text, x)
		f.add(n, boolSite, y, text, y)
	case n.Op == token.LOR:
		f.add(n, boolSite, join(token.LAND), text, join(token.LAND))
		f.add(n, boolSite, x, text, x)
		f.add(n, boolSite, y, text, y)
	case swaps != nil:
		both := f.p.info.Types[n.X].Value == nil && f.p.info.Types[n.Y].Value == nil && isInteger(f.p.info.TypeOf(n.X))
		if both && n.Op == token.EQL {
			swaps = append(slices.Clone(swaps), token.LEQ, token.GEQ)
		} else if both && n.Op == token.NEQ {
			swaps = append(slices.Clone(swaps), token.LSS, token.GTR)
		}
		for _, op := range swaps {
			f.add(n, boolSite, join(op), text, join(op))
		}
	default:
		if to, ok := operatorSwaps[n.Op]; ok && isInteger(f.p.info.TypeOf(n)) {
			f.add(n, operatorSite, to.String(), text, join(to))
		}
	}
}

// functionSwaps are functions and methods with a contrary of the same type. The names with __ are in the file that
// write.go adds.
var functionSwaps = map[string]string{
	"blink/app.mustAdd":          "mustSub",
	"blink/app.mustSub":          "mustAdd",
	"blink/app.mulDivUp":         "mulDivDown__",
	"(blink/app.fixed).plus":     "since",
	"(blink/app.fixed).since":    "plus",
	"math/bits.Div64":            "div64Up__",
	"(blink/coin.Amount).Add":    "Sub",
	"(blink/coin.Amount).Sub":    "Add",
	"(time.Time).Before":         "After",
	"(time.Time).After":          "Before",
	"(blink/coin.Amount).MulDiv": "mulDivUp__",
}

func (f *finder) call(n *ast.CallExpr, text string) {
	name := calledName(n)
	var id *ast.Ident
	receiver := ""
	switch fun := n.Fun.(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
		if isPure(fun.X) {
			receiver = f.p.text(fun.X)
		}
	default:
		return
	}
	switch used := f.p.info.Uses[id].(type) {
	case *types.Builtin:
		if other := map[string]string{"min": "max", "max": "min"}[name]; other != "" && len(n.Args) == 2 {
			f.add(n, minMaxSite, other, text, other+strings.TrimPrefix(text, name))
		}
	case *types.Func:
		to := functionSwaps[used.FullName()]
		method := used.Signature().Recv() != nil
		switch {
		case to == "" || method && receiver == "":
			return
		case to == "mulDivUp__":
			f.add(n, functionSite, to+"("+receiver+")", text, "rounded up")
		case method:
			f.add(n, functionSite, receiver+"."+to, text, strings.Replace(text, "."+name, "."+to, 1))
		case strings.HasSuffix(to, "__"):
			f.add(n, functionSite, to, text, map[string]string{"mulDivDown__": "rounded down", "div64Up__": "rounded up"}[to])
		default:
			f.add(n, functionSite, to, text, strings.Replace(text, name, to, 1))
		}
	}
}

// isPure: evaluating e twice is as good as once.
func isPure(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return isPure(e.X)
	}
	return false
}

func isInteger(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// constant: numbers are one more or less, truths turned around.
func (f *finder) constant(n ast.Expr, tv types.TypeAndValue, parent ast.Node) {
	switch p := parent.(type) {
	case *ast.ArrayType:
		return
	case *ast.KeyValueExpr:
		if p.Key == n {
			return
		}
	}
	t, text := f.p.typeText(f.file, tv.Type), f.p.text(n)
	shown := func(alt string) (before, after string) { return f.inParent(n, parent, alt) }
	switch {
	case tv.Value.Kind() == constant.Bool:
		alt := map[bool]string{true: "false", false: "true"}[constant.BoolVal(tv.Value)]
		before, after := shown(alt)
		f.add(n, valueSite, alt, before, after)
	case tv.Value.Kind() == constant.Int && isInteger(types.Default(tv.Type)):
		deltas := []string{"+1", "-1"}
		if constant.Sign(tv.Value) == 0 {
			deltas = deltas[:1]
		}
		for _, d := range deltas {
			value := constant.BinaryOp(tv.Value, token.ADD, constant.MakeFromLiteral(strings.TrimPrefix(d, "+"), token.INT, 0))
			if d == "-1" {
				value = constant.BinaryOp(tv.Value, token.SUB, constant.MakeInt64(1))
			}
			alt := value.ExactString()
			if _, literal := n.(*ast.BasicLit); !literal {
				alt = "(" + text + d + ")"
			}
			before, after := shown(alt)
			f.add(n, valueSite, t+"("+value.ExactString()+")", before, after)
		}
	}
}

// inParent shows a constant with what is around it, so that a reader knows which one is meant.
func (f *finder) inParent(n ast.Expr, parent ast.Node, alt string) (before, after string) {
	switch parent.(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.FuncDecl:
		return f.p.text(n), alt
	case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.CompositeLit:
		return f.p.text(n), alt
	}
	from := f.p.fset.Position(parent.Pos()).Offset
	at, end := f.p.fset.Position(n.Pos()).Offset-from, f.p.fset.Position(n.End()).Offset-from
	text := f.p.text(parent)
	return text, text[:at] + alt + text[end:]
}

// mutantsOf lists the mutants of all sites that were not dropped.
func mutantsOf(sites []*site, dropped map[*site]bool) []mutant {
	var all []mutant
	for _, s := range sites {
		if !dropped[s] {
			all = append(all, s.mutants...)
		}
	}
	slices.SortFunc(all, func(a, b mutant) int { return a.id - b.id })
	return all
}
