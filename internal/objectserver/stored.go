package objectserver

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
)

// storedFields are values that objects of the world have.
var storedFields = map[string][]string{
	"Content-Type": {
		"text/plain; charset=Shift_JIS", "image/jpg", "text/html\t", "binary/octet-stream", "application", "a/b/c",
		"text/plain;;charset", "multipart/form-data; boundary=x",
	},
	"Content-Encoding": {
		"gzip", "base64", "utf-8", "none", "aws-chunked,gzip", "identity", "gzip, gzip, gzip, gzip", "br\xff",
		",,", "GZIP ;q=1", "x-gzip",
	},
	"Content-Language": {"de", "de, en-GB", "english language", "en_US", "de,,\xe9"},
	"Content-Disposition": {
		`attachment; filename="report 2025.pdf"`, `attachment; filename="`, "inline; filename*=UTF-8''%c5%bc%00.pdf", `form-data; name="f"`,
		"attachment; filename=\"gnp\u202e.exe\"", `attachment; filename="../../etc/passwd"`,
	},
	"Cache-Control": {
		"public, max-age=600", "max-age=-1, \x80", "no-store, no-store", `private="x`, "max-age=99999999999999999999",
	},
	"Expires":                         {"0", "yesterday", "Thu, 01 Jan 1970 00:00:00 GMT"},
	"Link":                            {"<https://example.org>; rel=canonical"},
	"X-Accel-Redirect":                {"/etc/passwd"},
	"Set-Cookie":                      {"a=b"},
	"X-Amz-Meta-Note":                 {"Grüße\t"},
	"X-Goog-Meta-Note":                {"\xff"},
	"X-Ms-Meta-Hdi_note":              {" "},
	"X-Amz-Website-Redirect-Location": {"/elsewhere"},
}

// sendable are the bytes that HTTP allows in a value: no control characters but the tab. net/http rejects all others.
var sendable = func() (all []byte) {
	for b := range 0x100 {
		if b == '\t' || b >= ' ' && b != 0x7f {
			all = append(all, byte(b))
		}
	}
	return all
}()

// RandomFields draws header fields that a store may hold for an object, valid or not.
func RandomFields(r *rand.Rand) http.Header {
	h := http.Header{}
	for _, name := range slices.Sorted(maps.Keys(storedFields)) {
		for range r.IntN(3) {
			value := storedFields[name][r.IntN(len(storedFields[name]))]
			switch r.IntN(4) {
			case 0: // a byte is replaced
				b := []byte(value)
				b[r.IntN(len(b))] = sendable[r.IntN(len(sendable))]
				value = string(b)
			case 1: // a part is missing
				value = value[r.IntN(len(value)):]
			}
			h.Add(name, value)
		}
	}
	return h
}

// CheckReadable returns the first response of a handler for an object that is not a 200 of its exact or exactly decoded
// bytes, with valid header fields.
func CheckReadable(h http.Handler, content []byte) error {
	decoded := content
	if r, err := gzip.NewReader(bytes.NewReader(content)); err == nil {
		var plain bytes.Buffer
		if _, err := plain.ReadFrom(r); err != nil {
			return err
		}
		decoded = plain.Bytes()
	}
	for _, accept := range []string{"", "identity", "gzip", "gzip, br", "*;q=0"} {
		r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/", http.NoBody)
		if accept != "" {
			r.Header.Set("Accept-Encoding", accept)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			return fmt.Errorf("Accept-Encoding %q: %d", accept, w.Code)
		}
		for name, values := range w.Header() {
			if name == "Set-Cookie" || strings.HasPrefix(name, "X-Accel") || strings.ContainsFunc(strings.Join(values, ""), notVisible) {
				return fmt.Errorf("Accept-Encoding %q: %s: %q", accept, name, values)
			}
		}
		coding, body := w.Header().Get("Content-Encoding"), w.Body.Bytes()
		if !bytes.Equal(body, content) && (coding != "" || !bytes.Equal(body, decoded)) {
			return fmt.Errorf("Accept-Encoding %q: %d other bytes, Content-Encoding %q", accept, len(body), coding)
		}
	}
	return nil
}

// notVisible reports whether a character may not be sent in a field's value.
func notVisible(r rune) bool { return r < ' ' || r > '~' }
