// Package api serves blink over HTTP: transactions and their time to finality, accounts, validators, blocks, statistics, an
// event stream, metrics and a small dashboard. openapi.yaml, which the server also serves, is the contract with clients;
// a test holds every answer against it.
//
// Reads come from immutable versions of the store, never from ABCI queries, so that they do not wait for consensus nor
// hold it up. Every error is a problem document (RFC 9457) with a stable code.
package api
