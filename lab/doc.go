// Package lab is the laboratory: local networks of real node processes, and a load generator that measures time to
// finality (TTF) honestly.
//
// It talks to nodes as anyone would, over REST, and starts them as anyone would, as processes of the blinkd binary.
// It knows nothing of what is inside a node.
package lab
