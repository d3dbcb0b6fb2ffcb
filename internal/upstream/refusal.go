package upstream

import (
	"encoding/xml"
	"io"
	"net/http"
	"strings"
)

// Refusal is what a store says of a request that it refuses, in the XML that S3, Google Cloud Storage and Azure
// answer alike. Of its words only those are kept that cannot repeat what was signed.
type Refusal struct {
	XMLName          xml.Name `xml:"Error"`
	Code             string
	Region           string
	ActualObjectSize string
}

// bodyLimit is how much of such a body is read.
const bodyLimit = 64 << 10

// ReadRefusal reads and closes the body of an answer, whatever it is. What is no such XML has no Code.
func ReadRefusal(resp *http.Response) Refusal {
	defer resp.Body.Close()
	var e Refusal
	body := io.LimitReader(resp.Body, bodyLimit)
	if err := xml.NewDecoder(body).Decode(&e); err != nil {
		e = Refusal{}
	}
	_, _ = io.Copy(io.Discard, body) // or the connection is lost
	e.Code, e.Region = word(e.Code), word(e.Region)
	return e
}

// word returns what a code or a region may look like, and nothing else.
func word(s string) string {
	if len(s) > 64 || strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '.' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return ""
	}
	return s
}
