// Package gcsserver starts an in-process emulator of Google Cloud Storage.
//
// fake-gcs-server serves writes, lists and the JSON API. This package serves reads via the XML API, because the
// emulator evaluates no precondition and verifies no signature there.
package gcsserver

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/gcp"
	"google.golang.org/api/option"
)

// Server is a running emulator with one bucket, called "bucket".
type Server struct {
	endpoint string
	accepted atomic.Int64
	token    atomic.Pointer[string]
	key      *rsa.PrivateKey
}

// Accepted returns the number of connections to the server so far.
func (s *Server) Accepted() int { return int(s.accepted.Load()) }

// Start starts an emulator behind a reverse proxy with the given transport. It stops when the test ends. It sets
// STORAGE_EMULATOR_HOST, so the test cannot be parallel.
func Start(t *testing.T, transport http.RoundTripper) *Server {
	t.Helper()
	server := &Server{}
	var err error
	server.key, err = rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	api := httptest.NewServer(Service(t, &server.key.PublicKey, server.wants))
	t.Cleanup(api.Close)
	front := httptest.NewUnstartedServer(proxy(t, api.URL, transport))
	front.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			server.accepted.Add(1)
		}
	}
	front.Start()
	t.Cleanup(front.Close)
	server.endpoint = front.Listener.Addr().String()
	t.Setenv("STORAGE_EMULATOR_HOST", server.endpoint)
	return server
}

// Service returns the emulator as a handler, with one bucket, "bucket". It verifies signed URLs with a key. Other
// reads need the token, unless it is "".
func Service(t *testing.T, key *rsa.PublicKey, token func() string) http.Handler {
	t.Helper()
	s, err := fakestorage.NewServerWithOptions(fakestorage.Options{Scheme: "http", Host: "127.0.0.1", PublicHost: "127.0.0.1"})
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	s.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: "bucket"})
	way := &http.Transport{}
	t.Cleanup(way.CloseIdleConnections)
	return &xmlAPI{objects: s, emulator: proxy(t, s.URL(), way), key: key, token: token}
}

// proxy forwards requests to a URL via a transport and keeps their Host, which is in the emulator's upload URLs and
// in signatures.
func proxy(t *testing.T, to string, transport http.RoundTripper) *httputil.ReverseProxy {
	t.Helper()
	u, err := url.Parse(to)
	require.NoError(t, err)
	return &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.Out.Host = r.In.Host
		},
		ErrorLog:     log.New(io.Discard, "", 0), // faults are made on purpose
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
}

// URL returns the URL of the bucket.
func (s *Server) URL() string { return "gs://bucket" }

// Want sets the token that later reads need.
func (s *Server) Want(token string) { s.token.Store(&token) }

func (s *Server) wants() string {
	if token := s.token.Load(); token != nil {
		return *token
	}
	return ""
}

// Bucket opens the bucket with a temporary signing key.
func (s *Server) Bucket(t *testing.T) *blob.Bucket {
	t.Helper()
	b, err := gcsblob.OpenBucket(t.Context(), &gcp.HTTPClient{}, "bucket", &gcsblob.Options{
		GoogleAccessID: "test@example.com",
		PrivateKey:     pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(s.key)}),
		ClientOptions: []option.ClientOption{
			option.WithoutAuthentication(),
			option.WithEndpoint("http://" + s.endpoint + "/storage/v1/"),
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() }) // closed already where a prefixed bucket was made of it
	return b
}
