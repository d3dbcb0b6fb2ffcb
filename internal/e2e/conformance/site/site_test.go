package site_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/e2e/conformance"
	"github.com/go-downloadview/downloadview/internal/e2e/conformance/site"
)

// TestConformance plays the tables on an in-memory bucket and on a directory, over HTTP/1 and HTTP/2.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, storage := range map[string]*blobdownload.Storage{
		"mem":  open(t, "mem://"),
		"file": open(t, "file://"+t.TempDir()+"?no_tmp_dir=true"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := offerFixtures(t, storage)
			for version, target := range targets(srv) {
				t.Run(version, func(t *testing.T) { playTables(t, target) })
			}
		})
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, url string) *blobdownload.Storage {
	s, err := blobdownload.OpenStorage(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close(context.WithoutCancel(t.Context()))) })
	return s
}

func offerFixtures(t *testing.T, s *blobdownload.Storage) *httptest.Server {
	fixtures, err := conformance.Fixtures()
	require.NoError(t, err)
	offered, err := site.New(t.Context(), s, "/srv/files", fixtures)
	require.NoError(t, err)
	srv := httptest.NewUnstartedServer(offered.Handler())
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetHTTP1(true)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv
}

func targets(srv *httptest.Server) map[string]*conformance.Target {
	host := strings.TrimPrefix(srv.URL, "http://")
	return map[string]*conformance.Target{
		"HTTP1": {Host: host},
		"HTTP2": {Host: host, HTTP2: true},
	}
}

func playTables(t *testing.T, target *conformance.Target) {
	tables, err := conformance.Load()
	require.NoError(t, err)
	require.NotEmpty(t, tables.HTTP)
	require.NotEmpty(t, tables.Offload)
	require.NotEmpty(t, tables.Disposition)
	for _, cases := range [][]conformance.Case{tables.HTTP, tables.Offload} {
		for i := range cases {
			assert.Empty(t, target.Play(t.Context(), &cases[i]), cases[i].ID)
		}
	}
	for i := range tables.Disposition {
		assert.Empty(t, target.PlayName(t.Context(), &tables.Disposition[i]), tables.Disposition[i].ID)
	}
}
