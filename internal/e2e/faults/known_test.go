package faults_test

import (
	"slices"
	"strings"
)

// defect is a known one: violations of its class under one of its faults are expected in its modes.
type defect struct {
	row    string   // its name, and its row in the list of defects where it has one
	modes  []string // in which it appears; the test fails when it has gone from one of them
	rare   []string // modes in which it appears in some runs only
	class  string
	faults []string // prefixes of names, one of which must have happened; none means any
	style  string   // a part of the style; "" for any
	detail string   // a part of the detail; "" for any
}

// knownWrong is to be emptied: a row that is not wrong any more fails the test until it is removed.
var knownWrong = []defect{
	{
		row:   "E2: the body of a refusal is read without a time limit",
		modes: []string{"plain", "size", "size-and-tag", "version", "cache", "read-ahead", "multipart", "zip", "materialized"},
		class: "held", faults: []string{"refusal-unending"},
	},
	{
		row:   "I12: content that the storage decodes, or encodes, on the way is aborted",
		modes: []string{"calm"}, rare: []string{"calm-version", "calm-size"}, class: "unrecovered", faults: []string{"gzip"},
	},
	{row: "I3: composite checksums are not verified", modes: []string{"multipart"}, class: "bytes", faults: damage},
	{
		row:  "materialized content is sent with the validators of its source",
		rare: []string{"materialized"}, class: "bytes", faults: append([]string{"gzip"}, overwrites...),
	},
	{row: "Z1: an entry of an archive is stored under gzip", modes: []string{"zip"}, class: "coded", faults: []string{"gzip"}},
}

// damage are faults that a checksum of the whole detects.
var damage = []string{"flip", "torn", "short", "long", "end-early", "extra"}

// overwrites are faults that bring another version.
var overwrites = []string{"overwrite", "despite-condition", "torn"}

func (d *defect) in(mode string) bool {
	return slices.Contains(d.modes, mode) || slices.Contains(d.rare, mode)
}

// defectOf returns the first known defect that explains a violation, or nil.
func defectOf(mode string, v *violation) *defect {
	for i := range knownWrong {
		d := &knownWrong[i]
		if d.in(mode) && d.class == v.class && strings.Contains(v.style, d.style) && strings.Contains(v.detail, d.detail) && d.happened(v) {
			return d
		}
	}
	return nil
}

func (d *defect) happened(v *violation) bool {
	return len(d.faults) == 0 || slices.ContainsFunc(v.faults, func(f string) bool {
		return slices.ContainsFunc(d.faults, func(prefix string) bool { return strings.HasPrefix(f, prefix) })
	})
}
