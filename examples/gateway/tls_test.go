package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writeCertificate writes a self-signed certificate with a serial number. Its files are that many hours old in the future.
func writeCertificate(t *testing.T, f tlsFiles, serial int64) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	at := time.Now().Add(time.Duration(serial) * time.Hour)
	for file, block := range map[string]*pem.Block{f.cert: {Type: "CERTIFICATE", Bytes: der}, f.key: {Type: "PRIVATE KEY", Bytes: keyDER}} {
		require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
		require.NoError(t, os.Chtimes(file, at, at))
	}
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return cert
}

func tlsFilesIn(t *testing.T) tlsFiles {
	t.Helper()
	dir := t.TempDir()
	return tlsFiles{cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
}

func TestCertificateIsReloaded(t *testing.T) {
	t.Parallel()
	files := tlsFilesIn(t)
	writeCertificate(t, files, 1)
	var log bytes.Buffer
	c := &certificate{files: files, logger: slog.New(slog.NewTextHandler(&log, nil))}
	serial := func() int64 {
		t.Helper()
		c.looked = time.Time{}
		pair, err := c.get(nil)
		require.NoError(t, err)
		return pair.Leaf.SerialNumber.Int64()
	}
	assert.EqualValues(t, 1, serial())
	writeCertificate(t, files, 2)
	assert.EqualValues(t, 2, serial())

	// A new certificate whose key is not written yet.
	other := tlsFilesIn(t)
	writeCertificate(t, other, 3)
	content, err := os.ReadFile(other.cert)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files.cert, content, 0o600))
	assert.EqualValues(t, 2, serial(), "the last pair stays in use")
	assert.Contains(t, log.String(), "the certificate stays in use")
	content, err = os.ReadFile(other.key)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files.key, content, 0o600))
	assert.EqualValues(t, 3, serial())
	require.NoError(t, os.Remove(files.key))
	assert.EqualValues(t, 3, serial())
}

// I11 for the files of the gateway: another pair with the same modification times is read too.
func TestReplacedCertificateOfTheSameTime(t *testing.T) {
	t.Parallel()
	files, other := tlsFilesIn(t), tlsFilesIn(t)
	writeCertificate(t, files, 1)
	writeCertificate(t, other, 2)
	for _, name := range []string{files.cert, files.key, other.cert, other.key} {
		require.NoError(t, os.Chtimes(name, time.Unix(1, 0), time.Unix(1, 0)))
	}
	c := &certificate{files: files, logger: slog.New(slog.DiscardHandler)}
	_, err := c.get(nil)
	require.NoError(t, err)
	require.NoError(t, os.Rename(other.cert, files.cert))
	require.NoError(t, os.Rename(other.key, files.key))
	c.looked = time.Time{}
	pair, err := c.get(nil)
	require.NoError(t, err)
	assert.EqualValues(t, 2, pair.Leaf.SerialNumber.Int64())
}

func TestStartWithoutCertificateIsRefused(t *testing.T) {
	t.Parallel()
	files := tlsFilesIn(t)
	var stderr bytes.Buffer
	args := []string{"-addr", "127.0.0.1:0", "-tls-cert", files.cert, "-tls-key", files.key}
	assert.Equal(t, exitUsage, run(t.Context(), args, io.Discard, &stderr))
	assert.Contains(t, stderr.String(), "gateway: tls-cert: ")
}

// The gateway serves HTTPS with HTTP/2 and HTTP/1.1.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	files := tlsFilesIn(t)
	roots := x509.NewCertPool()
	roots.AddCert(writeCertificate(t, files, 1))
	ctx, cancel := context.WithCancel(t.Context())
	out, stdout := io.Pipe()
	exit := make(chan int, 1)
	go func() {
		exit <- run(ctx, []string{"-addr", "127.0.0.1:0", "-tls-cert", files.cert, "-tls-key", files.key}, stdout, io.Discard)
		_ = stdout.Close()
	}()
	var url string
	_, err := fmt.Fscanf(out, "listening on %s\n", &url)
	require.NoError(t, err)
	go func() { _, _ = io.Copy(io.Discard, out) }()
	for _, proto := range []int{1, 2} {
		var protocols http.Protocols
		protocols.SetHTTP1(proto == 1)
		protocols.SetHTTP2(proto == 2)
		tr := &http.Transport{Protocols: &protocols, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/f/default/readme.txt", http.NoBody)
		require.NoError(t, err)
		resp, err := tr.RoundTrip(req)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, proto, resp.ProtoMajor)
		tr.CloseIdleConnections()
	}
	cancel()
	assert.Equal(t, exitOK, <-exit)
}
