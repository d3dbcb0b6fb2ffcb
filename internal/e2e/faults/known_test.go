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
		row:   "I12: content that the storage decodes, or encodes, on the way is aborted",
		modes: []string{"calm"}, rare: []string{"calm-version", "calm-size"}, class: "unrecovered", faults: []string{"gzip"},
	},
	{row: "I3: a composite checksum is not verified if the request for the part sizes is damaged, too", modes: []string{"multipart"}, class: "bytes", faults: damage},
}

// damage are faults that a checksum of the whole detects.
var damage = []string{"flip", "torn", "short", "long", "end-early", "extra"}

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
