package s3

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// signer signs requests without a body by Signature Version 4. Its key is derived once a day, and so a
// signature costs one SHA-256 of the request and one of the string to sign.
type signer struct {
	region, service string
	key             atomic.Pointer[dayKey]
}

// dayKey is what is left of credentials for a day, a region and a service.
type dayKey struct {
	secret, day string
	desks       sync.Pool // of *desk
}

// desk is what one signature is made on.
type desk struct {
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

// signed are the parts of a request that its signature covers.
type signed struct {
	method, path, query string // as they are sent
	host                string
	date                string // in timeFormat
	checksumMode        string
	token               string
}

// authorization returns the field's value. The fields that are covered are host, x-amz-checksum-mode if
// there is one, x-amz-content-sha256, x-amz-date, and x-amz-security-token if there is one: all others
// may be added and left out freely.
func (s *signer) authorization(c *aws.Credentials, r *signed) string {
	day := r.date[:dayLength]
	key := s.keyOf(c.SecretAccessKey, day)
	d := key.desks.Get().(*desk)
	defer key.desks.Put(d)

	names := d.names[:0]
	names = append(names, "host"...)
	buf := d.text[:0]
	for _, part := range [...]string{r.method, "\n", r.path, "\n", r.query, "\nhost:", r.host, "\n"} {
		buf = append(buf, part...)
	}
	cover := func(name, value string) {
		if value == "" {
			return
		}
		names = append(append(names, ';'), name...)
		buf = append(append(append(append(buf, name...), ':'), value...), '\n')
	}
	cover("x-amz-checksum-mode", r.checksumMode)
	cover("x-amz-content-sha256", emptySHA256)
	cover("x-amz-date", r.date)
	cover("x-amz-security-token", r.token)
	buf = append(append(append(buf, '\n'), names...), "\n"+emptySHA256...)
	request := sha256.Sum256(buf)

	scope := func(b []byte) []byte {
		for _, part := range [...]string{day, "/", s.region, "/", s.service, "/", terminator} {
			b = append(b, part...)
		}
		return b
	}
	buf = append(buf[:0], algorithm+"\n"...)
	buf = append(append(buf, r.date...), '\n')
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
	return &dayKey{secret: secret, day: day, desks: sync.Pool{New: func() any { return &desk{mac: hmac.New(sha256.New, key)} }}}
}
