package conformance

import (
	"fmt"
	"strings"
)

// Answer is a response as received.
type Answer struct {
	Method string // of the request
	Status int
	Fields [][2]string // names and values in order, values without surrounding blanks
	Body   []byte      // without the chunked coding

	// Faults are violations of the protocol: framing, syntax, unexpected bytes.
	Faults []string
}

func (a *Answer) fault(format string, args ...any) {
	a.Faults = append(a.Faults, fmt.Sprintf(format, args...))
}

func (a *Answer) values(name string) []string {
	var values []string
	for _, f := range a.Fields {
		if strings.EqualFold(f[0], name) {
			values = append(values, f[1])
		}
	}
	return values
}

func (a *Answer) has(name string) bool { return len(a.values(name)) > 0 }

func (a *Answer) get(name string) string { return strings.Join(a.values(name), ", ") }

// String returns the status, the length and the fields.
func (a *Answer) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d, %d bytes", a.Status, len(a.Body))
	for _, f := range a.Fields {
		fmt.Fprintf(&b, " | %s: %s", f[0], short(f[1]))
	}
	return b.String()
}

func short(s string) string {
	if len(s) > 160 {
		return s[:160] + "…"
	}
	return s
}
