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

// Accepted is how many connections were made to the server so far.
func (s *Server) Accepted() int { return int(s.accepted.Load()) }

// Start starts an emulator, which stops with the test, behind a proxy that goes by the given transport. It
// sets STORAGE_EMULATOR_HOST, so that the test cannot be parallel.
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

// Service is the emulator as a handler, with one bucket, called "bucket". It verifies signed URLs by a key, and
// wants other reads to bear a token, unless that is "".
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

// proxy passes requests on to a URL by a transport, for the host that they were for: it is in what the emulator
// answers of uploads, and in what URLs are signed for.
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

// URL is the one to open the bucket by.
func (s *Server) URL() string { return "gs://bucket" }

// Want makes reads need a token from now on.
func (s *Server) Want(token string) { s.token.Store(&token) }

func (s *Server) wants() string {
	if token := s.token.Load(); token != nil {
		return *token
	}
	return ""
}

// Bucket opens the bucket, with a throw-away key to sign by.
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
