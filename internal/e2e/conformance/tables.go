package conformance

import (
	_ "embed" // the tables
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed testdata/cases.json
var casesJSON []byte

// Tables are the cases by subject.
type Tables struct {
	HTTP        []Case     `json:"http"`                // streamed files
	Offload     []Case     `json:"offload"`             // offloaded files
	Disposition []NameCase `json:"content_disposition"` // file names
}

// Case is a request with the allowed responses.
type Case struct {
	ID        string      `json:"id"`
	Resource  *Fixture    `json:"resource"`     // the requested file; nil if there is none
	Plain     [][2]string `json:"prep_headers"` // fields of a plain GET, whose response has the validators
	Needs     []string    `json:"needs"`        // requirements for the response to the plain GET
	Before    []Request   `json:"before"`       // sent first on the same connection; their responses are not judged
	Request   Request     `json:"request"`
	Expect    Expectation `json:"expect"`
	Rationale string      `json:"rationale"`
}

// NeedsRecords reports whether a case needs the entity-tag or the digest of its fixture. No storage has them; an
// application has them in its own records.
func (c *Case) NeedsRecords() bool {
	for _, need := range c.Needs {
		if strings.HasPrefix(need, "etag_is:") || need == "weak_etag" || strings.HasPrefix(need, "header:") {
			return true
		}
	}
	return false
}

// Request is a request in its wire form, with placeholders in the values of its fields.
type Request struct {
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Target  string      `json:"raw_target"` // "{{absolute}}" for the absolute form
	Version string      `json:"version"`    // "1.0" or "1.1"; "" means 1.1
	Fields  [][2]string `json:"headers"`
	Body    string      `json:"body"`
}

// Expectation is one outcome, or any of several.
type Expectation struct {
	Outcome
	AnyOf []Outcome `json:"any_of"`
}

// Outcome is an allowed response.
type Outcome struct {
	Name   string                    `json:"name"`
	Grade  string                    `json:"grade"` // "rfc", or "defacto" for common behaviour that violates the text
	Status []int                     `json:"status"`
	Fields map[string]map[string]any `json:"headers"` // checks by field
	Body   *Content                  `json:"body"`
}

// Content is the expected body of a response.
type Content struct {
	Full        bool       `json:"full"`         // the file
	FullDecoded bool       `json:"full_decoded"` // the file, after decoding the Content-Encoding
	NotFull     bool       `json:"not_full"`     // anything that does not contain the file
	Empty       bool       `json:"empty"`
	Any         bool       `json:"any"`
	Consistent  bool       `json:"self_consistent"` // parts of the file, each as in its Content-Range
	NotContains string     `json:"not_contains"`
	Literal     *string    `json:"literal"`
	Slice       []int64    `json:"slice"`  // first and last position
	Ranges      [][2]int64 `json:"ranges"` // first and last position of each requested range
	Order       string     `json:"order"`  // "requested" if the parts must be in the requested order
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
