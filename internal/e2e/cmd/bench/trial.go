package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// trial is one subject under one workload.
type trial struct {
	*workload
	subject   string
	p         *process
	dir       string
	condition field
	launch    func() (*process, error) // another process of the subject
}

// prepare checks a response and sends some requests that are not measured.
func (t *trial) prepare(ctx context.Context) error {
	if t.members > 0 {
		return nil // archiveTime checks
	}
	if err := t.check(ctx); err != nil || t.figure != nil {
		return err
	}
	return t.download(ctx, max(1, t.requests/10))
}

// check requests with Go's client, and compares status, length and bytes with those of the file.
func (t *trial) check(ctx context.Context) error {
	client := t.client()
	defer client.CloseIdleConnections()
	if t.conditional {
		if err := t.findCondition(ctx, client); err != nil {
			return err
		}
	}
	for i := range 3 {
		if err := t.checkRequest(ctx, client, i); err != nil {
			return err
		}
		if !t.ranges {
			break
		}
	}
	return nil
}

func (t *trial) checkRequest(ctx context.Context, client *http.Transport, i int) error {
	resp, err := t.send(ctx, client, i)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != t.status() {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	f, err := os.Open(filepath.Join(t.dir, t.object.file()))
	if err != nil {
		return err
	}
	defer f.Close()
	offset, length := t.window(i)
	return equal(resp.Body, io.NewSectionReader(f, offset, length))
}

// findCondition makes the condition of a 304: the entity-tag, or the date where a server has no entity-tag.
func (t *trial) findCondition(ctx context.Context, client *http.Transport) error {
	resp, err := t.send(ctx, client, 0)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if tag := resp.Header.Get("Etag"); tag != "" {
		t.condition = field{"If-None-Match", tag}
		return nil
	}
	t.condition = field{"If-Modified-Since", resp.Header.Get("Last-Modified")}
	return nil
}

// client returns a client of the workload's protocol.
func (t *trial) client() *http.Transport {
	var p http.Protocols
	p.SetHTTP1(t.protocol == "" || t.protocol == overTLS)
	p.SetHTTP2(t.protocol == overH2)
	p.SetUnencryptedHTTP2(t.protocol == overH2C)
	return &http.Transport{
		DisableCompression: true, Protocols: &p, ResponseHeaderTimeout: time.Minute,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13},
	}
}

func (t *trial) send(ctx context.Context, client *http.Transport, i int) (*http.Response, error) {
	scheme := "http"
	if t.protocol == overTLS || t.protocol == overH2 {
		scheme = "https"
	}
	req, err := http.NewRequestWithContext(ctx, t.verb(), scheme+"://"+t.p.addr+t.path(), http.NoBody)
	if err != nil {
		return nil, err
	}
	for _, f := range t.fields(i, t.condition) {
		if f.value != "" {
			req.Header.Set(f.name, f.value)
		}
	}
	return client.RoundTrip(req)
}

var errWrongBytes = errors.New("wrong bytes")

// equal compares two readers.
func equal(got, want io.Reader) error {
	a, b := make([]byte, 256<<10), make([]byte, 256<<10)
	for {
		n, err := io.ReadFull(got, a)
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return err
		}
		m, _ := io.ReadFull(want, b)
		if !bytes.Equal(a[:n], b[:m]) {
			return errWrongBytes
		}
		if ended {
			return nil
		}
	}
}
