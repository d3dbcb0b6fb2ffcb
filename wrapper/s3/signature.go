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
	names []byte            // of the signed fields
	text  []byte            // the canonical request, the string to sign, and then the field
	hash  [sha256.Size]byte // of the canonical request
	sum   [sha256.Size]byte // the signature
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
	b := key.buffers.Get().(*signBuffer)
	defer key.buffers.Put(b)

	b.setRequest(r)
	b.hash = sha256.Sum256(b.text)
	b.setStringToSign(s, date, day)
	b.mac.Reset()
	b.mac.Write(b.text)
	b.mac.Sum(b.sum[:0])
	b.setField(s, c.AccessKeyID, day)
	return string(b.text)
}

// add appends parts to the text.
func (b *signBuffer) add(parts ...string) {
	for _, part := range parts {
		b.text = append(b.text, part...)
	}
}

// setRequest sets the text to the canonical request, and names to those of the signed fields.
func (b *signBuffer) setRequest(r *upstream.Request) {
	b.names, b.text = append(b.names[:0], "host"...), b.text[:0]
	b.add(r.Method, "\n", r.URL.EscapedPath(), "\n", r.URL.RawQuery, "\nhost:", r.Host, "\n")
	for i := range signedFields {
		f := &signedFields[i]
		if value := r.Get(f.canonical); value != "" {
			b.names = append(append(b.names, ';'), f.name...)
			b.add(f.name, ":", value, "\n")
		}
	}
	b.add("\n")
	b.text = append(b.text, b.names...)
	b.add("\n" + emptySHA256)
}

// setStringToSign sets the text to the string to sign for the hash of a canonical request.
func (b *signBuffer) setStringToSign(s *signer, date, day string) {
	b.text = b.text[:0]
	b.add(algorithm+"\n", date, "\n")
	b.addScope(s, day)
	b.add("\n")
	b.text = hex.AppendEncode(b.text, b.hash[:])
}

// setField sets the text to the value of Authorization with the signature.
func (b *signBuffer) setField(s *signer, accessKey, day string) {
	b.text = b.text[:0]
	b.add(algorithm+" Credential=", accessKey, "/")
	b.addScope(s, day)
	b.add(", SignedHeaders=")
	b.text = append(b.text, b.names...)
	b.add(", Signature=")
	b.text = hex.AppendEncode(b.text, b.sum[:])
}

func (b *signBuffer) addScope(s *signer, day string) {
	b.add(day, "/", s.region, "/", s.service, "/"+terminator)
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
