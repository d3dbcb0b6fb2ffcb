package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// rawSubjects are the limits: servers of one kind of GET on a TCP connection, without HTTP's rules.
var rawSubjects = map[string]func(s storage, conn *net.TCPConn) error{
	"sendfile loop": sendfileLoop,
	"splice relay":  spliceRelay,
}

func serveRaw(l net.Listener, s storage, serve func(storage, *net.TCPConn) error) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			_ = serve(s, conn.(*net.TCPConn))
		}()
	}
}

const rawHeader = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"

// sendfileLoop opens the file of each request, and sends a header and the file.
func sendfileLoop(s storage, conn *net.TCPConn) error {
	in := bufio.NewReader(conn)
	for {
		name, err := requestedName(in)
		if err != nil {
			return err
		}
		if err := sendFile(conn, filepath.Join(s.dir, name)); err != nil {
			return err
		}
	}
}

func sendFile(conn *net.TCPConn, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, rawHeader, fi.Size()); err != nil {
		return err
	}
	_, err = io.CopyN(conn, f, fi.Size())
	return err
}

// spliceRelay sends each request, unsigned, to the store on a connection of its own, and splices the body.
func spliceRelay(s storage, conn *net.TCPConn) error {
	c, err := net.Dial("tcp4", strings.TrimPrefix(s.endpoint, "http://"))
	if err != nil {
		return err
	}
	defer c.Close()
	upstream := c.(*net.TCPConn)
	in, answer := bufio.NewReader(conn), bufio.NewReaderSize(upstream, 1<<10)
	for {
		name, err := requestedName(in)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(upstream, "GET /%s/%s HTTP/1.1\r\nHost: bench\r\n\r\n", s.bucket, name); err != nil {
			return err
		}
		status, length, err := readHeader(answer)
		if err != nil || status != 200 {
			return fmt.Errorf("status %d: %w", status, err)
		}
		if _, err := fmt.Fprintf(conn, rawHeader, length); err != nil {
			return err
		}
		buffered := min(int64(answer.Buffered()), length)
		if _, err := io.CopyN(conn, answer, buffered); err != nil {
			return err
		}
		if _, err := io.CopyN(conn, upstream, length-buffered); err != nil {
			return err
		}
	}
}

var errNotGET = errors.New("not a GET of one name")

// requestedName reads the header of a request, and returns the name in it.
func requestedName(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return "", err
	}
	parts := strings.Fields(line)
	if len(parts) != 3 || parts[0] != "GET" || strings.Count(parts[1], "/") != 1 {
		return "", errNotGET
	}
	for {
		line, err := in.ReadSlice('\n')
		if err != nil || len(line) == 2 {
			return parts[1][1:], err
		}
	}
}
