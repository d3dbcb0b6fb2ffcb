package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// check requests once with Go's client, and compares status, length and bytes.
func (w *workload) check(ctx context.Context, addr string) error {
	req, err := http.NewRequestWithContext(ctx, w.method(), "http://"+addr+"/"+w.object.name, http.NoBody)
	if err != nil {
		return err
	}
	if w.Range {
		req.Header.Set("Range", "bytes=100-199")
	}
	resp, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	h := sha256.New()
	n, err := io.Copy(h, resp.Body)
	switch want := w.body(); {
	case err != nil:
		return err
	case resp.StatusCode != w.status():
		return fmt.Errorf("status %d", resp.StatusCode)
	case n != int64(len(want)):
		return fmt.Errorf("%d bytes", n)
	case [32]byte(h.Sum(nil)) != sha256.Sum256(want):
		return fmt.Errorf("wrong bytes")
	}
	return nil
}

// download sends n requests on one connection. It checks status and length of each response, and discards its body in the
// kernel.
func (w *workload) download(addr string, n int) error {
	c, err := net.Dial("tcp4", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	conn := c.(*net.TCPConn)
	_ = conn.SetDeadline(time.Now().Add(2 * time.Minute))
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	request := w.method() + " /" + w.object.name + " HTTP/1.1\r\nHost: bench\r\n"
	if w.Range {
		request += "Range: bytes=100-199\r\n"
	}
	request += "\r\n"
	in, trash := bufio.NewReaderSize(conn, 4<<10), make([]byte, 1<<20)
	for range n {
		if _, err := io.WriteString(conn, request); err != nil {
			return err
		}
		status, length, err := readHeader(in)
		if err != nil {
			return err
		}
		if w.Method == http.MethodHead {
			length = 0
		}
		if status != w.status() || length != w.length() {
			return fmt.Errorf("status %d, %d bytes", status, length)
		}
		buffered := min(in.Buffered(), length)
		_, _ = in.Discard(buffered)
		if err := discard(raw, trash, length-buffered); err != nil {
			return err
		}
	}
	return nil
}

func readHeader(in *bufio.Reader) (status, length int, err error) {
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
			length, err = strconv.Atoi(strings.TrimSpace(value))
		}
		if err != nil {
			return 0, 0, err
		}
	}
}

// discard drops n bytes of a connection without copying them.
func discard(raw syscall.RawConn, trash []byte, n int) error {
	var failed error
	for n > 0 {
		err := raw.Read(func(fd uintptr) bool {
			got, _, err := syscall.Recvfrom(int(fd), trash[:min(n, len(trash))], syscall.MSG_TRUNC)
			if err == syscall.EAGAIN || err == syscall.EINTR {
				return false
			}
			if failed = err; err == nil && got == 0 {
				failed = io.ErrUnexpectedEOF
			}
			n -= max(got, 0)
			return true
		})
		if err != nil || failed != nil {
			return fmt.Errorf("body: %w", firstOf(err, failed))
		}
	}
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
