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
	{
		row:   "I8: a download under a known size alone does not resume",
		modes: []string{"calm-size"}, class: "unrecovered", faults: []string{"cut"},
	},
	{row: "I9: an old version is 404", modes: []string{"calm-version"}, class: "unrecovered", style: "overwritten", detail: "404"},
	{row: "I10: a 304, 412 or 416 without fields is 404", modes: []string{"calm-version"}, class: "unrecovered", detail: "404"},
	{
		row:   "I11: frozen times make one entity-tag for two versions",
		modes: []string{"frozen"}, rare: nil, class: "validator",
	},
	{
		row:   "SHA-1 checksums are not verified",
		modes: []string{"plain", "version", "cache", "zip"}, rare: []string{"size", "size-and-tag", "read-ahead"},
		class: "bytes", faults: damage, style: "Sha1",
	},
	{row: "SHA-1 checksums are not verified", modes: []string{"materialized"}, class: "stored", faults: damage, style: "Sha1"},
	{row: "I3: composite checksums are not verified", modes: []string{"multipart"}, class: "bytes", faults: damage},
	{
		row: "an empty body is not compared with the checksum", rare: []string{"plain", "size", "size-and-tag", "version", "cache", "zip", "read-ahead"},
		class: "bytes", faults: []string{"short"}, detail: " 0 bytes",
	},
	{row: "an empty body is not compared with the checksum", rare: []string{"materialized"}, class: "stored", faults: []string{"short"}},
	{
		row:   "I1, I2: the checksum of the response is dropped when metadata is known",
		modes: []string{"size", "size-and-tag"}, rare: []string{"cache", "zip"},
		class: "bytes", faults: []string{"flip", "torn"}, style: "s3",
	},
	{
		row:   "I7: a response of another coding or length is truncated to the known size",
		modes: []string{"size", "size-and-tag", "calm-size"},
		rare:  []string{"plain", "cache", "version", "multipart", "zip", "read-ahead", "calm", "calm-version"},
		class: "bytes", faults: []string{"gzip"},
	},
	{
		row:  "I7: a longer version is truncated to the known size",
		rare: []string{"size", "size-and-tag", "plain", "cache", "zip"}, class: "bytes", faults: overwrites, style: "chunked",
	},
	{
		row:  "I7: a longer version is truncated to the known size",
		rare: []string{"size", "size-and-tag", "zip"}, class: "bytes", faults: []string{"stall-at-end", "cut-chunked"},
	},
	{
		row:  "I6: a version that the origin does not send is taken for a pin",
		rare: []string{"size-and-tag"}, class: "bytes", faults: overwrites, style: "url",
	},
	{
		row:  "a response is not compared with the HEAD before it",
		rare: []string{"plain", "multipart", "version", "cache", "size"}, class: "bytes", faults: overwrites,
	},
	{
		row:  "known metadata is laid over a response without an entity-tag",
		rare: []string{"size-and-tag"}, class: "bytes", faults: overwrites,
	},
	{
		row:  "a known entity-tag is sent with another version of a portable bucket",
		rare: []string{"size-and-tag", "cache"}, class: "bytes", faults: []string{"mem: overwrite"},
	},
	{
		row:  "materialized content is sent with the validators of its source",
		rare: []string{"materialized"}, class: "bytes", faults: append([]string{"gzip"}, overwrites...),
	},
	{row: "I4: two files share an entry of the metadata cache", modes: []string{"cache"}, class: "validator"},
	{row: "I4: two files share an entry of the metadata cache", rare: []string{"cache"}, class: "length"},
	{row: "I4: two files share an entry of the metadata cache", rare: []string{"cache"}, class: "bytes", style: "chunked"},
	{row: "I5: the cache keeps the media type of one view", modes: []string{"cache"}, class: "type"},
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
