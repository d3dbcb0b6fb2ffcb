package proxy_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestH8FaultOfAConfigurationIsLoggedOnce(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]blobdownload.Optimizer{
		"Presign":         &proxy.Presign{MaxAge: time.Hour, Lifetime: proxy.Lifetime{Expiry: time.Minute}},
		"XAccel":          &proxy.XAccel{},
		"XSendfile":       &proxy.XSendfile{},
		"XAccelPresigned": &proxy.XAccelPresigned{},
		"CDN":             &proxy.CDN{},
		"First":           proxy.First(&proxy.Presign{MaxAge: time.Hour}, &proxy.XAccel{}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			server := &blobdownload.Server{Optimizer: o, Logger: slog.New(slog.NewTextHandler(&log, nil))}
			h := server.Handler(func(*http.Request) (*blobdownload.Download, error) {
				return &blobdownload.Download{File: wrapper.Bytes("a", []byte("content"))}, nil
			})
			for range 3 {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
				assert.Equal(t, "content", w.Body.String())
			}
			assert.Equal(t, 1, strings.Count(log.String(), "level=ERROR"), log.String())
			assert.Contains(t, log.String(), "proxy: ")
		})
	}
}

// H8 for signed URLs that may not be sent: all URLs of a storage have the same fault.
func TestH8FaultOfSignedURLsIsLoggedOnce(t *testing.T) {
	t.Parallel()
	docs := tenant(t, "content")
	for name, u := range map[string]string{"http": "http://store.example/k", "rooted": "/dl/k", "host": "https://other.example/k"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			server := &blobdownload.Server{
				Optimizer: &proxy.Presign{Hosts: []string{"store.example"}}, Logger: slog.New(slog.NewTextHandler(&log, nil)),
			}
			for range 3 {
				d := &blobdownload.Download{File: docs.File("k.txt").WithSigner(urlOf(u))}
				w := httptest.NewRecorder()
				assert.NoError(t, server.Serve(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody), d))
				assert.Equal(t, "content", w.Body.String())
			}
			assert.Equal(t, 1, strings.Count(log.String(), "level=ERROR"), log.String())
			assert.Contains(t, log.String(), "signed URL: ")
		})
	}
}
