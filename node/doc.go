// Package node is one running blink node: it owns the home folder and its two
// configuration files, embeds CometBFT, watches it, and answers what the API
// asks about it. What a block means is decided elsewhere (package app); this
// package only keeps the machinery running and tells the truth about its
// condition.
package node
