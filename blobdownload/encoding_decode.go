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
	"slices"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// Decoder returns a reader that decodes a content coding. It must bound its read-ahead and its memory. Closing the
// result must not close the argument.
type Decoder func(io.Reader) (io.ReadCloser, error)

// defaultDecodeLimit replaces a Server.DecodeLimit of 0.
const defaultDecodeLimit = 1 << 30

func (s *Server) decoder(coding string) Decoder {
	if d := s.Decoders[coding]; d != nil {
		return d
	}
	switch coding {
	case "gzip":
		return gunzip
	case "deflate":
		return inflate
	default:
		return nil
	}
}

// gunzip decodes the gzip coding. Content that is not gzip is returned as it is: some uploads state a coding that they lack.
func gunzip(r io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReader(r)
	if head, _ := b.Peek(2); string(head) != "\x1f\x8b" {
		return io.NopCloser(b), nil
	}
	return gzip.NewReader(b)
}

// inflate decodes the deflate coding: the zlib format (RFC 9110 section 8.4.1.2), or the bare deflate format that
// some servers send.
func inflate(r io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(2)
	if err == nil && head[0]&0xf == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

var errDecodeLimit = errors.New("decoded content exceeds Server.DecodeLimit, or the MaxSize of its client")

// decode returns a decoded body. The limit holds for the output of each coding: inside of two codings, much may decode to
// nothing. It reports io.EOF only after the stored body has, so that a checksum of the storage
// has been verified.
func (s *Server) decode(body io.ReadCloser, codings []string, maxSize int64) (io.ReadCloser, error) {
	limit := s.DecodeLimit
	switch {
	case limit == 0:
		limit = defaultDecodeLimit
	case limit < 0:
		limit = math.MaxInt64
	}
	if maxSize > 0 {
		limit = min(limit, maxSize)
	}
	d := &decodingReader{stored: body, r: body}
	made := false
	defer func() {
		if !made {
			_ = d.Close()
		}
	}()
	for _, c := range slices.Backward(codings) {
		decoder, err := s.decoder(c)(d.r)
		if err != nil {
			return nil, fmt.Errorf("stored as %s: %w", c, unexpectedEOF(err))
		}
		d.decoders = append(d.decoders, decoder)
		d.r = &layer{decoder, limit}
	}
	made = true
	return d, nil
}

// layer is the output of one decoder. It fails once more than the limit is read.
type layer struct {
	r    io.Reader
	left int64 // of the limit, in bytes
}

func (l *layer) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, errDecodeLimit
	}
	return n, err
}

type decodingReader struct {
	stored   io.ReadCloser
	decoders []io.Closer
	r        io.Reader
}

func (d *decodingReader) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if err == io.EOF {
		err = d.confirmEnd()
	}
	return n, err
}

// confirmEnd returns io.EOF if the stored body ends with the coding.
func (d *decodingReader) confirmEnd() error {
	var past [1]byte
	_, err := resume.ReadSome(d.stored, past[:])
	if err == nil {
		return errors.New("stored content continues after the end of its coding")
	}
	return err
}

// Close closes the stored body even if a decoder panics.
func (d *decodingReader) Close() (err error) {
	defer func() { err = d.stored.Close() }()
	for _, c := range slices.Backward(d.decoders) {
		_ = c.Close()
	}
	return nil
}

// hasDecoder reports whether a coding has a Decoder of the application's.
func (s *Server) hasDecoder(coding string) bool { return s.Decoders[coding] != nil }

// decodes reports whether the server has decoders of all codings.
func (s *Server) decodes(codings []string) bool {
	return !slices.ContainsFunc(codings, func(c string) bool { return s.decoder(c) == nil })
}
