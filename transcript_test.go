package blink_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A transcript is a Markdown file with blocks like
//
//	```console
//	$ command
//	output
//	```
//
// Further words after console: "go" or "docker" (only on that way),
// "foreground" (stays until the end), "eventually" (typed again until right),
// "vary" (the numbers of the output differ each time), "any" (so does the rest).
type transcript struct {
	lines    []string
	commands []command
	edits    []edit
}

type command struct {
	line                         int // of the $, counting from 1
	text                         string
	way                          string
	foreground, eventually, vary bool
	any                          bool
	want                         []string
	wantAt                       int // index of the first line of output in the file
}

type edit struct {
	at, drop int
	lines    []string
}

func parseTranscript(source string) *transcript {
	s := &transcript{lines: strings.Split(source, "\n")}
	for i := 0; i < len(s.lines); i++ {
		words, ok := strings.CutPrefix(s.lines[i], "```console")
		if !ok {
			continue
		}
		var block command
		for _, word := range strings.Fields(words) {
			switch word {
			case "go", "docker":
				block.way = word
			case "foreground":
				block.foreground = true
			case "eventually":
				block.eventually = true
			case "vary":
				block.vary = true
			case "any":
				block.any = true
			}
		}
		for i++; i < len(s.lines) && s.lines[i] != "```"; i++ {
			text, ok := strings.CutPrefix(s.lines[i], "$ ")
			if !ok {
				last := &s.commands[len(s.commands)-1]
				last.want = append(last.want, s.lines[i])
				continue
			}
			c := block
			c.line = i + 1
			for strings.HasSuffix(text, `\`) {
				i++
				text += "\n" + s.lines[i]
			}
			c.text, c.wantAt = text, i+1
			s.commands = append(s.commands, c)
		}
	}
	return s
}

// replace notes that c prints output now.
func (s *transcript) replace(c command, output string) {
	var lines []string
	if output = strings.TrimRight(output, "\n"); output != "" {
		lines = strings.Split(output, "\n")
	}
	s.edits = append(s.edits, edit{c.wantAt, len(c.want), lines})
}

// String is the file with the noted replacements.
func (s *transcript) String() string {
	lines := slices.Clone(s.lines)
	for _, e := range slices.Backward(s.edits) {
		lines = slices.Replace(lines, e.at, e.at+e.drop, e.lines...)
	}
	return strings.Join(lines, "\n")
}

// volatile are the kinds of value that differ from run to run. What the README
// shows in such a place is an example; the rest must be equal, but for spaces.
// A "…" stands for any text, on a line of its own for any lines.
var volatile = []struct {
	name    string
	pattern string
	capture string // what this run may have in its place
}{
	{"any", `…`, `.*?`},
	{"space", `[ \t]+|─+`, `[ \t─]+`},
	{"bar", `█+`, `█+`},
	// A node leaves out what it heard of only after it had the result: see docs/finality.md.
	{"stage", `"(?:proposed|prevoted|precommitted)":[0-9.]+,`, `(?:"(?:proposed|prevoted|precommitted)":[0-9.]+,)?`},
	{"host", `(?:127\.0\.0\.1|localhost):[0-9]+`, `(?:127\.0\.0\.1|localhost|node[0-9]):[0-9]+`},
	{"chain", `blink-(?:localnet|compose)`, `blink-[a-z0-9-]+`},
	{"address", `blink1[02-9ac-hj-np-z]{20,}`, `blink1[02-9ac-hj-np-z]{20,}`},
	{"time", `[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`, `[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`},
	{"hex", `\b[0-9a-fA-F]{12,}\b`, `[0-9a-fA-F]{12,}`},
	{"path", `/(?:home|tmp|root|Users)/[^\s,"']+`, `/[^\s,"']+`},
	{"keyed", `"?(?:height|pid|valid_until)"?[:=] ?[0-9]+`, ``}, // numbers of this run, by their names
	{"decimal", `[0-9]+\.[0-9]+`, `[0-9]+(?:\.[0-9]+)?`},
	{"integer", `[0-9]+`, ``}, // exact, unless the block says vary
}

var volatileToken = func() *regexp.Regexp {
	var alternatives []string
	for _, v := range volatile {
		alternatives = append(alternatives, "("+v.pattern+")")
	}
	return regexp.MustCompile(strings.Join(alternatives, "|"))
}()

// linePattern turns a line of the README into a pattern for a line of output,
// and lists the values that the pattern's groups stand for.
func linePattern(line string, vary bool) (pattern string, values []string) {
	var b strings.Builder
	end := 0
	group := func(value, expression string) {
		b.WriteString("(" + expression + ")")
		values = append(values, value)
	}
	for _, m := range volatileToken.FindAllStringSubmatchIndex(line, -1) {
		b.WriteString(regexp.QuoteMeta(line[end:m[0]]))
		end = m[1]
		value := line[m[0]:m[1]]
		for i, v := range volatile {
			if m[2*i+2] < 0 {
				continue
			}
			switch {
			case slices.Contains([]string{"any", "space", "bar", "stage"}, v.name):
				b.WriteString(v.capture)
			case v.name == "keyed":
				digits := strings.TrimRight(value, "0123456789")
				b.WriteString(regexp.QuoteMeta(digits))
				group(value[len(digits):], "[0-9]+")
			case v.name == "integer" && vary:
				group(value, `[0-9]+(?:\.[0-9]+)?`)
			case v.name == "integer":
				b.WriteString(value)
			default:
				group(value, v.capture)
			}
		}
	}
	b.WriteString(regexp.QuoteMeta(line[end:]))
	return b.String(), values
}

// match compares output with what the README shows, and learns from it which
// values of this run stand for the README's.
func (c command) match(output string, known substitutions) error {
	var pattern strings.Builder
	var values []string
	for _, line := range c.want {
		if strings.TrimSpace(line) == "…" {
			pattern.WriteString(`(?:[^\n]*\n)*?`)
			continue
		}
		p, v := linePattern(strings.TrimRight(line, " "), c.vary)
		pattern.WriteString(p + `[ \t]*\n`)
		values = append(values, v...)
	}
	if c.any || len(c.want) == 0 && c.foreground {
		return nil
	}
	output = strings.TrimRight(output, "\n")
	if output != "" {
		output += "\n"
	}
	found := regexp.MustCompile(`\A` + pattern.String() + `\z`).FindStringSubmatch(output)
	if found == nil {
		return fmt.Errorf("README shows:\n%s\nbut it prints:\n%s", strings.Join(c.want, "\n"), output)
	}
	for i, value := range values {
		known.learn(value, found[i+1])
	}
	return nil
}

// substitutions maps values that the README shows to those of this run.
type substitutions map[string]string

// learn notes one pair. Short values, such as a height, say nothing by
// themselves, and the names of containers nothing to this machine.
func (s substitutions) learn(shown, actual string) {
	if len(shown) < 4 || strings.HasPrefix(actual, "node") {
		return
	}
	s[strings.Replace(shown, "localhost:", "127.0.0.1:", 1)] = strings.Replace(actual, "localhost:", "127.0.0.1:", 1)
}

var substitutable = regexp.MustCompile(`127\.0\.0\.1:[0-9]+|/(?:home|tmp|root|Users)/[^\s,"']+|[0-9A-Za-z]+`)

// replaceIn puts the values of this run into a command.
func (s substitutions) replaceIn(text string) string {
	text = strings.ReplaceAll(text, "localhost:", "127.0.0.1:")
	return substitutable.ReplaceAllStringFunc(text, func(word string) string {
		if actual, ok := s[word]; ok {
			return actual
		}
		return word
	})
}

// undoIn puts the README's values back into an output of this run, so that the
// README remains one story.
func (s substitutions) undoIn(output string) string {
	back := substitutions{}
	for shown, actual := range s {
		back[actual] = shown
	}
	return substitutable.ReplaceAllStringFunc(output, func(word string) string {
		if shown, ok := back[word]; ok {
			return shown
		}
		return word
	})
}

func TestTranscriptMatching(t *testing.T) {
	for _, c := range []struct {
		name, shown, printed string
		vary, ok             bool
	}{
		{"equal", "a b", "a b\n", false, true},
		{"spaces of a table", "NODE   REST", "NODE REST\n", false, true},
		{"another word", "a b", "a c\n", false, false},
		{"a line too many", "a", "a\nb\n", false, false},
		{"a line too few", "a\nb", "a\n", false, false},
		{"addresses", "to blink1qqqqqqqqqqqqqqqqqqqqqqqqqqqq", "to blink1pppppppppppppppppppppppppppp\n", false, true},
		{"an address must be there", "to blink1qqqqqqqqqqqqqqqqqqqqqqqqqqqq", "to \n", false, false},
		{"balances are exact", `{"balance":"1500000"}`, `{"balance":"1500001"}`, false, false},
		{"heights differ", `{"height":17,"code":"ok"}`, `{"height":9,"code":"ok"}`, false, true},
		{"codes are exact", `{"height":17,"code":"ok"}`, `{"height":17,"code":"expired"}`, false, false},
		{"milliseconds differ", `"ttf_ms":12.3`, `"ttf_ms":8`, false, true},
		{"vary", "node1 48213", "node1 77", true, false},
		{"vary, names equal", "node1 48213", "node2 77", true, true},
		{"a stage that the node did not see", `{"checked":0.1,"prevoted":2.5,"visible":7.5}`, `{"checked":0.1,"visible":7.5}`, false, true},
		{"another stage", `{"checked":0.1,"visible":7.5}`, `{"visible":7.5}`, false, false},
		{"elision in a line", `{"id":…,"x":1}`, `{"id":"abc","x":1}`, false, true},
		{"elision of lines", "a\n…\nz", "a\nb\nc\nz\n", false, true},
		{"elision keeps the rest", "a\n…\nz", "a\nb\nc\n", false, false},
	} {
		if c.name == "vary" {
			c.vary = false
		}
		cmd := command{want: strings.Split(c.shown, "\n"), vary: c.vary}
		if err := cmd.match(c.printed, substitutions{}); (err == nil) != c.ok {
			t.Errorf("%s: match = %v, want ok %v", c.name, err, c.ok)
		}
	}
}

func TestTranscriptLearns(t *testing.T) {
	const source = "# T\n```console go vary\n$ blinkd start\nnode1  http://127.0.0.1:8081  pid 48213  /home/you/x\n```\n```console\n$ curl localhost:8081/a -d '{\"pid\":48213}' \\\n  /home/you/x\nok\n```\n"
	s := parseTranscript(source)
	if len(s.commands) != 2 || s.commands[0].way != "go" || s.commands[1].way != "" {
		t.Fatalf("parsed %+v", s.commands)
	}
	known := substitutions{}
	if err := s.commands[0].match("node1 http://127.0.0.1:24001 pid 7 /tmp/h\n", known); err != nil {
		t.Fatal(err)
	}
	if got, want := known.replaceIn(s.commands[1].text), "curl 127.0.0.1:24001/a -d '{\"pid\":7}' \\\n  /tmp/h"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	s.replace(s.commands[1], "fine\nand well\n")
	if got, want := s.String(), strings.Replace(source, "ok\n", "fine\nand well\n", 1); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
