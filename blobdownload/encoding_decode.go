package blobdownload

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
)

// Decoder undoes a content coding while it is read. It must not read ahead without a bound, nor keep more
// than a bounded window in memory. Its Close does not close the reader that it was given.
type Decoder func(io.Reader) (io.ReadCloser, error)

// defaultDecodeLimit is Server.DecodeLimit when that is 0.
const defaultDecodeLimit = 1 << 30

func (s *Server) decoder(coding string) Decoder {
	if d := s.Decoders[coding]; d != nil {
		return d
	}
	switch coding {
	case "gzip":
		return func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }
	case "deflate":
		return inflate
	default:
		return nil
	}
}

// inflate reads the coding that is called deflate, which is the zlib format (RFC 9110 section 8.4.1.2), and
// what some have always taken it for, the bare one.
func inflate(r io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(2)
	if err == nil && head[0]&0xf == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// errTooMuch says that content is larger once decoded than it may be.
var errTooMuch = errors.New("decoded content exceeds Server.DecodeLimit")

// decode returns a body with its codings undone. It ends cleanly only when the stored content did, so that
// what the storage checks at the end has been checked.
func (s *Server) decode(body io.ReadCloser, codings []string) (io.ReadCloser, error) {
	limit := s.DecodeLimit
	switch {
	case limit == 0:
		limit = defaultDecodeLimit
	case limit < 0:
		limit = math.MaxInt64
	}
	d := &decodedBody{stored: body, r: body, left: limit}
	for _, c := range slices.Backward(codings) {
		decoder, err := s.decoder(c)(d.r)
		if err != nil {
			_ = d.Close()
			return nil, fmt.Errorf("stored as %s: %w", c, noEOF(err))
		}
		d.decoders = append(d.decoders, decoder)
		d.r = decoder
	}
	return d, nil
}

type decodedBody struct {
	stored   io.ReadCloser
	decoders []io.Closer
	r        io.Reader
	left     int64 // that may still come
}

func (d *decodedBody) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	d.left -= int64(n)
	if d.left < 0 {
		return 0, errTooMuch
	}
	if err == io.EOF {
		err = d.confirmEnd()
	}
	return n, err
}

// confirmEnd makes sure that nothing follows what was decoded.
func (d *decodedBody) confirmEnd() error {
	var past [1]byte
	_, err := readSome(d.stored, past[:])
	if err == nil {
		return errors.New("stored content goes on after the end of its coding")
	}
	return err
}

func (d *decodedBody) Close() error {
	for _, c := range slices.Backward(d.decoders) {
		_ = c.Close()
	}
	return d.stored.Close()
}

// decodes reports whether all the codings can be undone here.
func (s *Server) decodes(codings []string) bool {
	return !slices.ContainsFunc(codings, func(c string) bool { return s.decoder(c) == nil })
}

// errNotAcceptable answers a client that takes none of the codings that there are.
var errNotAcceptable = &StatusError{Status: http.StatusNotAcceptable, Err: errors.New("no content coding is acceptable to the client")}
