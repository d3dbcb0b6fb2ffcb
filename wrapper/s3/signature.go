package s3

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// signer signs requests without a body by Signature Version 4. Its key is derived once a day: a
// signature costs two SHA-256, of the request and of the string to sign.
type signer struct {
	region, service string
	key             atomic.Pointer[dayKey]
}

// dayKey is the key derived of credentials for a day, a region and a service.
type dayKey struct {
	secret, day string
	buffers     sync.Pool // of *signBuffer
}

// signBuffer is the memory that one signature needs.
type signBuffer struct {
	mac   hash.Hash
	names []byte
	text  []byte
	sum   [sha256.Size]byte
}

const (
	algorithm   = "AWS4-HMAC-SHA256"
	terminator  = "aws4_request"
	timeFormat  = "20060102T150405Z"
	dayLength   = len("20060102")
	emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// signedFields are the fields, besides Host, that a signature covers if the request has them, in order. All others
// may be added and left out freely.
var signedFields = [...]struct{ canonical, name string }{
	{"X-Amz-Checksum-Mode", "x-amz-checksum-mode"},
	{"X-Amz-Content-Sha256", "x-amz-content-sha256"},
	{"X-Amz-Date", "x-amz-date"},
	{"X-Amz-Max-Parts", "x-amz-max-parts"},
	{"X-Amz-Object-Attributes", "x-amz-object-attributes"},
	{"X-Amz-Part-Number-Marker", "x-amz-part-number-marker"},
	{"X-Amz-Security-Token", "x-amz-security-token"},
}

// in returns the signer of another region; "" is the signer's own.
func (s *signer) in(region string) *signer {
	if s == nil || region == "" || region == s.region {
		return s
	}
	return &signer{region: region, service: s.service}
}

// authorization returns the value of Authorization for a request that is complete but for it.
func (s *signer) authorization(c *aws.Credentials, r *upstream.Request) string {
	date := r.Get("X-Amz-Date")
	day := date[:dayLength]
	key := s.keyOf(c.SecretAccessKey, day)
	d := key.buffers.Get().(*signBuffer)
	defer key.buffers.Put(d)

	names := d.names[:0]
	names = append(names, "host"...)
	buf := d.text[:0]
	for _, part := range [...]string{r.Method, "\n", r.URL.EscapedPath(), "\n", r.URL.RawQuery, "\nhost:", r.Host, "\n"} {
		buf = append(buf, part...)
	}
	for i := range signedFields {
		f := &signedFields[i]
		if value := r.Get(f.canonical); value != "" {
			names = append(append(names, ';'), f.name...)
			buf = append(append(append(append(buf, f.name...), ':'), value...), '\n')
		}
	}
	buf = append(append(append(buf, '\n'), names...), "\n"+emptySHA256...)
	request := sha256.Sum256(buf)

	scope := func(b []byte) []byte {
		for _, part := range [...]string{day, "/", s.region, "/", s.service, "/", terminator} {
			b = append(b, part...)
		}
		return b
	}
	buf = append(buf[:0], algorithm+"\n"...)
	buf = append(append(buf, date...), '\n')
	buf = append(scope(buf), '\n')
	buf = hex.AppendEncode(buf, request[:])
	d.mac.Reset()
	d.mac.Write(buf)
	sum := d.mac.Sum(d.sum[:0])

	buf = append(buf[:0], algorithm+" Credential="...)
	buf = append(append(buf, c.AccessKeyID...), '/')
	buf = append(scope(buf), ", SignedHeaders="...)
	buf = append(append(buf, names...), ", Signature="...)
	buf = hex.AppendEncode(buf, sum)
	d.names, d.text = names, buf
	return string(buf)
}

func (s *signer) keyOf(secret, day string) *dayKey {
	k := s.key.Load()
	if k == nil || k.day != day || k.secret != secret {
		k = s.derive(secret, day)
		s.key.Store(k)
	}
	return k
}

func (s *signer) derive(secret, day string) *dayKey {
	key := []byte("AWS4" + secret)
	for _, part := range [...]string{day, s.region, s.service, terminator} {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(part))
		key = h.Sum(nil)
	}
	return &dayKey{secret: secret, day: day, buffers: sync.Pool{New: func() any { return &signBuffer{mac: hmac.New(sha256.New, key)} }}}
}
