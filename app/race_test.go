//go:build race

package app

const raceDetector = true // ten times as slow: tests do less
