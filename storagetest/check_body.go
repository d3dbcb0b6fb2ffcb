package storagetest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	bodyExcess = 512     // bytes that are read beyond the expected content
	bodyText   = 2 << 10 // longest content that a message shows as lines of text
	bodyWindow = 48      // bytes that a message shows from the first difference on
)

func (w *Want) compareBody(rep *report, resp *http.Response) {
	if w.Body == "" && !w.Empty {
		return
	}
	if r := resp.Request; r != nil && r.Method == http.MethodHead && w.Body != "" {
		rep.fault("Body is set, but the response to a HEAD has none (RFC 9110 section 9.3.2)")
	}
	got, more, err := peek(resp, len(w.Body)+bodyExcess)
	if err != nil {
		rep.fault("the body was aborted after %d bytes: %v", len(got), err)
	}
	compareBodies(rep, w.Body, string(got), more)
	declared := resp.Header.Get("Content-Length")
	n, notNumber := strconv.Atoi(declared)
	if declared != "" && w.Body != "" && err == nil && !more && (notNumber != nil || n != len(got)) {
		rep.fault("Content-Length is %q, but the body has %d bytes", declared, len(got))
	}
}

// peek returns at most limit bytes of a body, which can be read again. more is true if the body is longer.
func peek(resp *http.Response, limit int) (head []byte, more bool, err error) {
	if resp.Body == nil {
		return nil, false, nil
	}
	var b bytes.Buffer
	_, err = io.CopyN(&b, resp.Body, int64(limit)+1)
	var rest io.Reader = resp.Body
	switch {
	case errors.Is(err, io.EOF): // CopyN's own: the body ended
		err, rest = nil, errReader{io.EOF}
	case err != nil:
		rest = errReader{err}
	}
	read := b.Bytes()
	resp.Body = body{io.MultiReader(bytes.NewReader(read), rest), resp.Body}
	if len(read) > limit {
		return read[:limit], true, err
	}
	return read, false, err
}

type body struct {
	io.Reader
	io.Closer
}

// errReader is an empty reader that ends with an error.
type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

func compareBodies(rep *report, want, got string, more bool) {
	size := strconv.Itoa(len(got))
	if more {
		size = "more than " + size
	}
	switch {
	case want == got && !more:
		rep.same("Body", size+" bytes", size+" bytes")
	case !more && isText(want) && isText(got):
		rep.want = append(rep.want, bodyLines(want)...)
		rep.got = append(rep.got, bodyLines(got)...)
	default:
		at := 0
		for at < len(want) && at < len(got) && want[at] == got[at] {
			at++
		}
		label := "Body from byte " + strconv.Itoa(at)
		rep.same(label, bytesFrom(want, at)+" of "+strconv.Itoa(len(want)), bytesFrom(got, at)+" of "+size)
	}
}

func isText(s string) bool {
	return len(s) <= bodyText && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsPrint(r) })
}

func bodyLines(s string) []string {
	if s == "" {
		return []string{"Body: " + absent}
	}
	lines := strings.SplitAfter(strings.TrimSuffix(s, "\n"), "\n")
	if strings.HasSuffix(s, "\n") {
		lines[len(lines)-1] += "\n"
	}
	for i, line := range lines {
		lines[i] = "Body: " + quote(line)
	}
	return lines
}

func bytesFrom(s string, at int) string {
	return quote(s[at:min(len(s), at+bodyWindow)])
}
