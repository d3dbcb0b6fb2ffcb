// Package gcsserver starts an emulator of Google Cloud Storage in process. It knows objects, ranges and
// generations; it checks no signature, and no condition of a read but a generation.
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
}

// Accepted is how many connections were made to the server so far.
func (s *Server) Accepted() int { return int(s.accepted.Load()) }

// Start starts an emulator, which stops with the test, behind a proxy that goes by the given transport. It
// sets STORAGE_EMULATOR_HOST, so that the test cannot be parallel.
func Start(t *testing.T, transport http.RoundTripper) *Server {
	t.Helper()
	s, err := fakestorage.NewServerWithOptions(fakestorage.Options{Scheme: "http", Host: "127.0.0.1", PublicHost: "127.0.0.1"})
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	s.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: "bucket"})
	u, err := url.Parse(s.URL())
	require.NoError(t, err)
	server := &Server{}
	front := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.Out.Host = u.Host
		},
		ErrorLog:     log.New(io.Discard, "", 0), // faults are made on purpose
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	})
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

// Bucket opens the bucket, with a throw-away key to sign by.
func (s *Server) Bucket(t *testing.T) *blob.Bucket {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	b, err := gcsblob.OpenBucket(t.Context(), &gcp.HTTPClient{}, "bucket", &gcsblob.Options{
		GoogleAccessID: "test@example.com",
		PrivateKey:     pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}),
		ClientOptions: []option.ClientOption{
			option.WithoutAuthentication(),
			option.WithEndpoint("http://" + s.endpoint + "/storage/v1/"),
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() }) // closed already where a prefixed bucket was made of it
	return b
}
