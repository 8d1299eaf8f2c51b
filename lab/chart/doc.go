// Package chart draws the laboratory's pictures: pure functions from plain data to a Drawing, which renders as SVG
// and as PNG by one code path.
//
// Each kind of picture is a struct of numbers with a method Drawing. The pictures share one calm style: the colours of
// Okabe and Ito, which people of every colour vision tell apart, and beside each colour a shape or a dash. What a
// picture shows is also said in words, for those who cannot see it. Conditions are printed in the picture, because a
// picture travels without its page.
//
// Texts may come from a node, so from an attacker: they are made printable, bounded and escaped here.
package chart
