package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// patience is the time that a client waits for a round of responses.
const patience = 2 * time.Minute

// download sends n requests, on the connections of the workload. It checks status and length of each response.
func (t *trial) download(ctx context.Context, n int) error {
	one := t.downloadPlain
	if t.protocol != "" {
		one = t.downloadOver
	}
	connections := min(n, max(1, t.connections))
	g, ctx := errgroup.WithContext(ctx)
	for i := range connections {
		g.Go(func() error { return one(ctx, (n+connections-1-i)/connections) })
	}
	return g.Wait()
}

// downloadPlain sends n requests on one connection.
func (t *trial) downloadPlain(ctx context.Context, n int) error {
	c, err := t.connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	for i := range n {
		if err := c.exchange(i); err != nil {
			return err
		}
	}
	return nil
}

// downloadOver sends n requests with Go's client, on one connection of TLS or HTTP/2.
func (t *trial) downloadOver(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client := t.client()
	defer client.CloseIdleConnections()
	for i := range n {
		resp, err := t.send(ctx, client, i)
		if err != nil {
			return err
		}
		got, err := io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if _, want := t.window(i); err != nil || resp.StatusCode != t.status() || got != want {
			return fmt.Errorf("status %d, %d bytes: %w", resp.StatusCode, got, cmp.Or(err, errWrongBytes))
		}
	}
	return nil
}

// clientConn is a connection of HTTP/1.1 whose bodies are discarded in the kernel.
type clientConn struct {
	*net.TCPConn
	t   *trial
	raw syscall.RawConn
	in  *bufio.Reader
}

// trash is as long as one call may discard. The kernel writes nothing into it.
var trash = make([]byte, 1<<20)

func (t *trial) connect(ctx context.Context) (*clientConn, error) {
	c, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp4", t.p.addr)
	if err != nil {
		return nil, err
	}
	conn := c.(*net.TCPConn)
	_ = conn.SetDeadline(time.Now().Add(patience))
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, cmp.Or(err, conn.Close())
	}
	return &clientConn{TCPConn: conn, t: t, raw: raw, in: bufio.NewReaderSize(conn, 4<<10)}, nil
}

// request sends request i.
func (c *clientConn) request(i int) error {
	text := []byte(c.t.verb() + " " + c.t.path() + " HTTP/1.1\r\nHost: bench\r\n")
	for _, f := range c.t.fields(i, c.t.condition) {
		text = fmt.Appendf(text, "%s: %s\r\n", f.name, f.value)
	}
	_, err := c.Write(append(text, "\r\n"...))
	return err
}

// exchange sends request i, and discards the body of the response.
func (c *clientConn) exchange(i int) error {
	if err := c.request(i); err != nil {
		return err
	}
	length, err := c.header(i)
	if err != nil {
		return err
	}
	return c.discard(length)
}

// header reads the header of response i, and returns the length of its body.
func (c *clientConn) header(i int) (int64, error) {
	status, length, err := readHeader(c.in)
	if err != nil {
		return 0, err
	}
	if c.t.method == http.MethodHead {
		length = 0
	}
	if _, want := c.t.window(i); status != c.t.status() || length != want {
		return 0, fmt.Errorf("status %d, %d bytes", status, length)
	}
	return length, nil
}

// readHeader reads a message's header, and returns the number in its first line and the length of its body.
func readHeader(in *bufio.Reader) (status int, length int64, err error) {
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, 0, err
		}
		text := strings.TrimSpace(string(line))
		if text == "" {
			return status, length, nil
		}
		if first {
			if len(text) < 12 {
				return 0, 0, fmt.Errorf("status line %q", text)
			}
			status, err = strconv.Atoi(text[9:12])
		} else if name, value, _ := strings.Cut(text, ":"); strings.EqualFold(name, "Content-Length") {
			length, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		}
		if err != nil {
			return 0, 0, err
		}
	}
}

// discard drops n bytes without copying them, except those that are in the buffer.
func (c *clientConn) discard(n int64) error {
	buffered := min(int64(c.in.Buffered()), n)
	_, _ = c.in.Discard(int(buffered))
	n -= buffered
	var failed error
	for n > 0 {
		err := c.raw.Read(func(fd uintptr) bool {
			got, _, err := syscall.Recvfrom(int(fd), trash[:min(n, int64(len(trash)))], syscall.MSG_TRUNC)
			if err == syscall.EAGAIN || err == syscall.EINTR {
				return false
			}
			if failed = err; err == nil && got == 0 {
				failed = io.ErrUnexpectedEOF
			}
			n -= int64(max(got, 0))
			return true
		})
		if err != nil || failed != nil {
			return fmt.Errorf("body: %w", cmp.Or(err, failed))
		}
	}
	return nil
}
