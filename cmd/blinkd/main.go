// Command blinkd is blink in one binary: the node, local networks of nodes, keys, transactions, queries and the
// benchmark. Each group of commands has its own file here; root.go lists them.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], &environment{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}))
}
