package gcs

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"sync/atomic"

	"cloud.google.com/go/storage"
)

// signer signs with the bucket's private key, which it parses once, or with its function.
type signer struct{ last atomic.Pointer[parsedKey] }

type parsedKey struct {
	text []byte
	key  *rsa.PrivateKey
}

func (s *signer) of(opts *storage.SignedURLOptions) (func([]byte) ([]byte, error), error) {
	if len(opts.PrivateKey) == 0 {
		return opts.SignBytes, nil
	}
	k := s.last.Load()
	if k == nil || !bytes.Equal(k.text, opts.PrivateKey) {
		key, err := parseKey(opts.PrivateKey)
		if err != nil {
			return nil, err
		}
		k = &parsedKey{opts.PrivateKey, key}
		s.last.Store(k)
	}
	return func(text []byte) ([]byte, error) {
		sum := sha256.Sum256(text)
		return rsa.SignPKCS1v15(nil, k.key, crypto.SHA256, sum[:])
	}, nil
}

// parseKey parses a key in either form that Google's account files have.
func parseKey(text []byte) (*rsa.PrivateKey, error) {
	if block, _ := pem.Decode(text); block != nil {
		text = block.Bytes
	}
	if key, err := x509.ParsePKCS8PrivateKey(text); err == nil {
		if key, ok := key.(*rsa.PrivateKey); ok {
			return key, nil
		}
	}
	key, err := x509.ParsePKCS1PrivateKey(text)
	if err != nil {
		return nil, errors.New("GCS: the signing key is not an RSA key in PEM")
	}
	return key, nil
}
