package conformance

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Limits of a response.
const (
	maxHead = 1 << 20
	maxBody = 64 << 20
)

// http1 is one connection with sequential requests.
type http1 struct {
	host string
	conn net.Conn
	in   *bufio.Reader
}

func dialHTTP1(ctx context.Context, host string, limit time.Duration) (*http1, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &http1{host: host, conn: conn, in: bufio.NewReader(conn)}, nil
}

func (c *http1) close() { _ = c.conn.Close() }

// do sends a request and reads its response. The last request has Connection: close, and no byte may follow its
// response.
func (c *http1) do(r *Request, last bool) (*Answer, error) {
	sent := make(chan struct{})
	go func() { // a server may respond and close before it has read the request
		defer close(sent)
		_, _ = c.conn.Write(c.encode(r, last))
	}()
	a, err := c.read(r.Method)
	if err == nil && last {
		if left, _ := readAll(c.in, maxHead); len(left) > 0 {
			a.fault("%d bytes after the end of the answer", len(left))
		}
	}
	if err != nil || last {
		c.close()
	}
	<-sent
	return a, err
}

func (c *http1) encode(r *Request, last bool) []byte {
	version := r.Version
	if version == "" {
		version = "1.1"
	}
	target := r.Path
	if r.Target == "{{absolute}}" {
		target = "http://" + c.host + target
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/%s\r\nHost: %s\r\n", r.Method, target, version, c.host)
	given := map[string]bool{}
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f[0], f[1])
		given[strings.ToLower(f[0])] = true
	}
	if r.Body != "" && !given["content-length"] {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.Body))
	}
	if last && !given["connection"] {
		b.WriteString("Connection: close\r\n")
	}
	b.WriteString("\r\n" + r.Body)
	return b.Bytes()
}

var (
	statusLine = regexp.MustCompile(`^HTTP/1\.[01] ([1-9]\d{2}) [^\x00-\x08\x0a-\x1f\x7f]*$`)
	fieldLine  = regexp.MustCompile("^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00]*?)[ \t]*$")
)

func (c *http1) read(method string) (*Answer, error) {
	for {
		a, err := c.readHead(method)
		if err != nil {
			return nil, err
		}
		if a.Status >= 200 {
			return a, c.readBody(a)
		}
	}
}

func (c *http1) readHead(method string) (*Answer, error) {
	first, err := c.readLine()
	if err != nil {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	m := statusLine.FindStringSubmatch(first)
	if m == nil {
		return nil, fmt.Errorf("status line %q", short(first))
	}
	a := &Answer{Method: method}
	a.Status, _ = strconv.Atoi(m[1])
	for size := 0; size < maxHead; {
		line, err := c.readLine()
		if err != nil {
			return nil, fmt.Errorf("header without an end: %w", err)
		}
		if line == "" {
			return a, nil
		}
		size += len(line)
		f := fieldLine.FindStringSubmatch(line)
		if f == nil {
			return nil, fmt.Errorf("field line %q", short(line))
		}
		a.Fields = append(a.Fields, [2]string{f[1], f[2]})
	}
	return nil, fmt.Errorf("header of more than %d bytes", maxHead)
}

// readLine reads a line that must end with CRLF.
func (c *http1) readLine() (string, error) {
	line, err := c.in.ReadString('\n')
	if err != nil {
		return "", err
	}
	text, ok := strings.CutSuffix(line, "\r\n")
	if !ok {
		return "", fmt.Errorf("line without CRLF: %q", short(line))
	}
	return text, nil
}

// readBody reads the content with the framing of RFC 9112 section 6.3.
func (c *http1) readBody(a *Answer) (err error) {
	if a.Method == http.MethodHead || a.Status == 204 || a.Status == 304 {
		return nil
	}
	codings, lengths := a.values("Transfer-Encoding"), a.values("Content-Length")
	switch {
	case len(codings) > 0:
		if len(lengths) > 0 {
			a.fault("Transfer-Encoding and Content-Length")
		}
		if len(codings) > 1 || codings[0] != "chunked" {
			return fmt.Errorf("Transfer-Encoding %q", codings)
		}
		if a.Body, err = readAll(httputil.NewChunkedReader(c.in), maxBody); err != nil {
			return fmt.Errorf("chunked content: %w", err)
		}
		for line := "x"; line != "" && err == nil; { // trailers, and the empty line after them
			line, err = c.readLine()
		}
		return err
	case len(lengths) > 0:
		n, err := strconv.ParseUint(lengths[0], 10, 31)
		if err != nil {
			return fmt.Errorf("Content-Length %q", lengths[0])
		}
		if a.Body, err = readAll(io.LimitReader(c.in, int64(n)), maxBody); err == nil && len(a.Body) < int(n) {
			a.fault("content of %d bytes ends after %d", n, len(a.Body))
		}
		return err
	default:
		a.Body, err = readAll(c.in, maxBody)
		return err
	}
}

// readAll reads to the end. More than limit bytes are an error.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(r, limit+1))
	if err == nil && n > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	return b.Bytes(), err
}
