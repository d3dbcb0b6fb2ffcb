package storagetest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
)

// Transcript describes one exchange as text for a golden file. It has the request, the calls to the storage (lines such
// as those of [Recorder.Trace]), the header of the response and a summary of its body.
//
//	> GET /a.txt
//	> Range: bytes=0-4
//	. read a.txt [0:5]: 5 bytes
//	< 206 Partial Content
//	< Content-Range: bytes 0-4/11
//	= 5 bytes, sha256 2cf24dba5fb0, "hello"
//
// Values that differ between runs are replaced: times within eight days of now, the boundary of multipart/byteranges,
// ports of 127.0.0.1, and signatures. Entity-tags that contain such a time are replaced, too (those of fileblob, memblob
// and nginx). The body is read to its end, but not closed.
func Transcript[R Response](r *http.Request, calls string, response R) string {
	var b strings.Builder
	n := normaliser{now: time.Now()}
	fmt.Fprintf(&b, "> %s %s\n", r.Method, n.line(r.URL.RequestURI()))
	n.head(&b, "> ", r.Header)
	for call := range strings.Lines(calls) {
		b.WriteString(". " + n.line(strings.TrimSuffix(call, "\n")) + "\n")
	}
	resp, err := result(response)
	if err != nil {
		b.WriteString("< no response\n")
		return b.String()
	}
	b.WriteString("< " + statusText(resp.StatusCode) + "\n")
	kind, boundary := multipartBoundary(resp.Header)
	n.boundary = boundary
	n.head(&b, "< ", resp.Header)
	if kind == "multipart/byteranges" && boundary != "" {
		n.parts(&b, resp.Body)
	} else {
		b.WriteString("= " + summary(resp.Body) + "\n")
	}
	return b.String()
}

func (n *normaliser) head(b *strings.Builder, sign string, h http.Header) {
	for _, name := range sortedNames(h) {
		for _, value := range h[name] {
			b.WriteString(sign + name + ": " + n.line(value) + "\n")
		}
	}
}

func multipartBoundary(h http.Header) (kind, boundary string) {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return "", ""
	}
	return kind, params["boundary"]
}

// parts summarises each part on its own, because the random boundary is part of the body.
func (n *normaliser) parts(b *strings.Builder, body io.Reader) {
	parts := multipart.NewReader(body, n.boundary)
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			b.WriteString("= end of parts\n")
			return
		}
		if err != nil {
			fmt.Fprintf(b, "= parts aborted: %v\n", err)
			return
		}
		n.head(b, "| ", http.Header(part.Header))
		b.WriteString("| " + summary(part) + "\n")
	}
}

const summaryHead = 32

// summary returns the length of a body, its digest, its first bytes and its error.
func summary(r io.Reader) string {
	if r == nil {
		return "0 bytes"
	}
	sum := sha256.New()
	var head bytes.Buffer
	n, err := io.Copy(io.MultiWriter(sum, &limited{&head, summaryHead}), struct{ io.Reader }{r})
	text := fmt.Sprintf("%d bytes", n)
	if n > 0 {
		text += fmt.Sprintf(", sha256 %x, %q", sum.Sum(nil)[:6], head.String())
	}
	if n > summaryHead {
		text += "…"
	}
	if err != nil {
		text += fmt.Sprintf(", then %v", err)
	}
	return text
}

// limited writes the first bytes and drops the rest.
type limited struct {
	w    *bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	keep := min(len(p), l.left)
	l.left -= keep
	l.w.Write(p[:keep])
	return len(p), nil
}
