package conformance

import (
	_ "embed" // the tables
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed testdata/cases.json
var casesJSON []byte

// Tables are the cases by what they are about.
type Tables struct {
	HTTP        []Case     `json:"http"`                // files that the server sends itself
	Offload     []Case     `json:"offload"`             // files that it hands over
	Disposition []NameCase `json:"content_disposition"` // names that it offers a file under
}

// Case is a request and the answers that are allowed.
type Case struct {
	ID        string      `json:"id"`
	Resource  *Fixture    `json:"resource"`     // the file that it is about, if any
	Plain     [][2]string `json:"prep_headers"` // fields of the plain GET that validators are learnt from
	Needs     []string    `json:"needs"`        // of the answer to the plain GET
	Before    []Request   `json:"before"`       // sent on the same connection, and only read
	Request   Request     `json:"request"`
	Expect    Expectation `json:"expect"`
	Rationale string      `json:"rationale"`
}

// NeedsRecords reports whether a case is about a tag or a digest that its fixture comes with, which no storage holds: an
// application offers them out of records of its own.
func (c *Case) NeedsRecords() bool {
	for _, need := range c.Needs {
		if strings.HasPrefix(need, "etag_is:") || need == "weak_etag" || strings.HasPrefix(need, "header:") {
			return true
		}
	}
	return false
}

// Request is a request as it is written on the wire, but for placeholders in the values of its fields.
type Request struct {
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Target  string      `json:"raw_target"` // "{{absolute}}" for the absolute form
	Version string      `json:"version"`    // "1.0" or "1.1", which is meant by ""
	Fields  [][2]string `json:"headers"`
	Body    string      `json:"body"`
}

// Expectation is one outcome or a choice of several.
type Expectation struct {
	Outcome
	AnyOf []Outcome `json:"any_of"`
}

// Outcome is an answer that may be given.
type Outcome struct {
	Name   string                    `json:"name"`
	Grade  string                    `json:"grade"` // "rfc", or "defacto" for what is common but against the text
	Status []int                     `json:"status"`
	Fields map[string]map[string]any `json:"headers"` // checks by field
	Body   *Content                  `json:"body"`
}

// Content says what the body of an answer must be.
type Content struct {
	Full        bool       `json:"full"`         // the file
	FullDecoded bool       `json:"full_decoded"` // the file, once the Content-Encoding is undone
	NotFull     bool       `json:"not_full"`     // anything without the file in it
	Empty       bool       `json:"empty"`
	Any         bool       `json:"any"`
	Consistent  bool       `json:"self_consistent"` // parts of the file, each what its Content-Range says
	NotContains string     `json:"not_contains"`
	Literal     *string    `json:"literal"`
	Slice       []int64    `json:"slice"`  // first and last position
	Ranges      [][2]int64 `json:"ranges"` // the same, of every part asked for
	Order       string     `json:"order"`  // "requested" where parts must not be sorted
	Multipart   bool       `json:"require_multipart"`
	MaxParts    int        `json:"max_parts"`
	MaxLength   int64      `json:"max_length"`
}

// strict returns the outcomes that an RFC's text allows.
func (e *Expectation) strict() []Outcome {
	all := e.AnyOf
	if len(all) == 0 {
		all = []Outcome{e.Outcome}
	}
	var allowed []Outcome
	for _, o := range all {
		if o.Grade != "defacto" {
			allowed = append(allowed, o)
		}
	}
	return allowed
}

// Load returns the tables.
func Load() (*Tables, error) {
	var t Tables
	if err := json.Unmarshal(casesJSON, &t); err != nil {
		return nil, fmt.Errorf("conformance: cases: %w", err)
	}
	return &t, nil
}
