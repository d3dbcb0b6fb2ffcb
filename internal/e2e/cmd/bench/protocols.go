package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"time"
)

// The protocols beside HTTP/1.1 without TLS.
const (
	overTLS = "TLS" // HTTP/1.1
	overH2  = "h2"  // with TLS
	overH2C = "h2c" // without
)

// serveOver returns the function that serves a protocol on a listener.
func serveOver(protocol string, s *http.Server) (func(net.Listener) error, error) {
	s.Protocols = &http.Protocols{}
	switch protocol {
	case overTLS:
		s.Protocols.SetHTTP1(true)
	case overH2:
		s.Protocols.SetHTTP2(true)
	case overH2C:
		s.Protocols.SetUnencryptedHTTP2(true)
		return s.Serve, nil
	default:
		s.Protocols.SetHTTP1(true)
		return s.Serve, nil
	}
	certificate, err := selfSigned()
	s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13}
	return func(l net.Listener) error { return s.ServeTLS(l, "", "") }, err
}

// selfSigned returns a certificate that no client of the bench verifies.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
