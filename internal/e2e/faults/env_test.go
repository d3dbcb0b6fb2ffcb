package faults_test

import (
	"cmp"
	"context"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/splice"
	_ "github.com/go-downloadview/downloadview/wrapper/s3" // one request a download
)

// env is a server under test between its storages and its clients. All trials of a mode share it.
type env struct {
	mode     *mode
	origin   *origin
	buckets  map[string]*blob.Bucket // of the origin as S3, by name
	upstream *http.Client            // to the origin
	front    string                  // URL of the server under test
	http1    *http.Client
	http2    *http.Client
	trials   sync.Map
}

// headerTimeout is how long the storage clients wait for the header of a response.
const headerTimeout = 400 * time.Millisecond

// startEnv starts the servers of a mode. wrap makes a mutant of the server under test, or is nil.
func startEnv(t *testing.T, m *mode, wrap func(http.Handler) http.Handler) *env {
	t.Helper()
	e := &env{mode: m, origin: startOrigin(t), buckets: map[string]*blob.Bucket{}}
	base := &http.Transport{
		DialContext:         splice.Dial(new(net.Dialer).DialContext), // as the transports of the storages' packages
		MaxIdleConnsPerHost: 256, ResponseHeaderTimeout: cmp.Or(m.headerTimeout, headerTimeout), DisableCompression: true,
	}
	t.Cleanup(base.CloseIdleConnections)
	e.upstream = &http.Client{Transport: &numbered{base: base, origin: e.origin}}
	for _, name := range []string{"b", "c"} {
		client := s3.New(s3.Options{
			BaseEndpoint: aws.String("http://" + e.origin.addr), Region: "us-east-1", UsePathStyle: true,
			Credentials: throwaway{}, HTTPClient: e.upstream,
		})
		b, err := s3blob.OpenBucket(t.Context(), client, name, nil)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, b.Close()) })
		e.buckets[name] = b
	}
	server := &blobdownload.Server{Logger: slog.New(slog.DiscardHandler), WriteTimeout: patience}
	h := server.Handler(e.view)
	if wrap != nil {
		h = wrap(h)
	}
	front := httptest.NewUnstartedServer(h)
	front.Config.ErrorLog = log.New(io.Discard, "", 0)
	front.Config.Protocols = new(http.Protocols)
	front.Config.Protocols.SetHTTP1(true)
	front.Config.Protocols.SetUnencryptedHTTP2(true)
	front.Start()
	t.Cleanup(front.Close)
	e.front = front.URL
	e.http1 = client(t, func(p *http.Protocols) { p.SetHTTP1(true) })
	e.http2 = client(t, func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) })
	return e
}

func client(t *testing.T, set func(p *http.Protocols)) *http.Client {
	tr := &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true, Protocols: new(http.Protocols)}
	set(tr.Protocols)
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// view returns the download of /TRIAL/STEP.
func (e *env) view(r *http.Request) (*blobdownload.Download, error) {
	number, n, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	v, ok := e.trials.Load(number)
	if !ok {
		return nil, &blobdownload.StatusError{Status: http.StatusNotFound}
	}
	i, err := strconv.Atoi(n)
	if err != nil {
		return nil, err
	}
	t := v.(*trial)
	t.mu.Lock()
	s := t.steps[i]
	t.mu.Unlock()
	return &blobdownload.Download{File: e.mode.file(t, s)}, nil
}

// throwaway are credentials that nothing verifies.
type throwaway struct{}

func (throwaway) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDTRIAL", SecretAccessKey: "trial"}, nil
}
