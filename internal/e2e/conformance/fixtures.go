package conformance

import (
	_ "embed" // the manifest
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

//go:embed testdata/fixtures.json
var fixturesJSON []byte

// Fixture is a file that the server under test serves at /files/NAME.
type Fixture struct {
	Name         string `json:"name"`
	Size         int64  `json:"content_length"`
	ContentType  string `json:"content_type"`
	LastModified string `json:"last_modified"` // an HTTP-date, or RFC 3339 with a fraction
	ETag         string `json:"etag"`          // entity-tag to serve; "" means the server's own
	Content      struct {
		Kind   string `json:"kind"`
		Text   string `json:"text"`
		Length int64  `json:"length"`
	} `json:"content"`
}

// Bytes returns the content: a text, or a sequence of 251 bytes, repeated, so that neighbouring offsets differ.
func (f *Fixture) Bytes() []byte {
	if f.Content.Kind != "mod251" {
		return []byte(f.Content.Text)
	}
	b := make([]byte, f.Content.Length)
	for i := range b {
		b[i] = byte(i % 251)
	}
	return b
}

// ModTime returns the modification time.
func (f *Fixture) ModTime() (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, f.LastModified); err == nil {
		return t, nil
	}
	return http.ParseTime(f.LastModified)
}

// Fixtures returns the files of the tables.
func Fixtures() ([]Fixture, error) { return ReadManifest(fixturesJSON) }

// ReadManifest parses a list of fixtures.
func ReadManifest(manifest []byte) ([]Fixture, error) {
	var list struct {
		Fixtures []Fixture `json:"fixtures"`
	}
	if err := json.Unmarshal(manifest, &list); err != nil {
		return nil, fmt.Errorf("conformance: fixtures: %w", err)
	}
	return list.Fixtures, nil
}
