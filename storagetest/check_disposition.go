package storagetest

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

func (w *Want) compareDisposition(rep *report, h http.Header) {
	compareDisposition(rep, h.Get("Content-Disposition"), w.Filename, w.Disposition)
}

// compareDisposition compares the decoded name and the type of a Content-Disposition. An empty one is not checked.
func compareDisposition(rep *report, value, filename, disposition string) {
	if filename == "" && disposition == "" {
		return
	}
	kind, name, err := readDisposition(value)
	if err != nil {
		rep.fault("Content-Disposition %q: %v", value, err)
	}
	if disposition != "" {
		rep.same("Disposition", strings.ToLower(disposition), orAbsent(kind))
	}
	if filename != "" {
		got := absent
		if name != "" {
			got = quote(name)
		}
		rep.same("Filename", quote(filename), got)
	}
}

func orAbsent(s string) string {
	if s == "" {
		return absent
	}
	return s
}

// extended matches the value of filename* outside of a quoted-string.
var extended = regexp.MustCompile(`^(?:[^"]|"(?:[^"\\]|\\.)*")*?;\s*filename\*\s*=\s*([^;\s]*)`)

// readDisposition returns the type and the file name of a Content-Disposition as a client decodes them. It uses
// package mime, which shares no code with this module's encoder. A filename* that cannot be decoded is an error;
// package mime ignores it.
func readDisposition(value string) (kind, name string, err error) {
	if value == "" {
		return "", "", nil
	}
	kind, params, err := mime.ParseMediaType(value)
	if err != nil {
		return kind, "", err
	}
	m := extended.FindStringSubmatch(value)
	if m == nil {
		return kind, params["filename"], nil
	}
	charset, rest, _ := strings.Cut(m[1], "'")
	_, encoded, ok := strings.Cut(rest, "'")
	if !ok || !strings.EqualFold(charset, "UTF-8") {
		return kind, params["filename"], fmt.Errorf("filename* %q does not begin with UTF-8'' (RFC 8187 section 3.2.1)", m[1])
	}
	name, err = url.PathUnescape(encoded)
	if err == nil && !utf8.ValidString(name) {
		err = fmt.Errorf("filename* %q is not UTF-8", m[1])
	}
	return kind, name, err
}
