package blobdownload_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

const accelRate = "X-Accel-Limit-Rate"

// A download is offloaded only if the rate holds there.
func TestRateOfOffloadedDownloads(t *testing.T) {
	t.Parallel()
	nginx := &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/_files/a"}}, RateField: accelRate}
	hinted := &blobdownload.Redirect{
		Header: http.Header{"X-Accel-Redirect": {"/_files/a"}, accelRate: {"700"}}, RateField: accelRate,
	}
	apache := &blobdownload.Redirect{Header: http.Header{"X-Sendfile": {"/a"}}}
	presigned := &blobdownload.Redirect{Status: http.StatusFound, Header: http.Header{"Location": {"https://s3.example/a"}}}
	exempt := func(*http.Request) string { return "" }
	for _, tt := range []struct {
		name     string
		to       *blobdownload.Redirect
		server   *blobdownload.RateLimit
		download *blobdownload.RateLimit
		offloads bool
		rate     string
	}{
		{"no limit", presigned, nil, nil, true, ""},
		{"an empty limit", presigned, &blobdownload.RateLimit{}, nil, true, ""},
		{"nginx, per download", nginx, &blobdownload.RateLimit{PerDownload: 1000}, nil, true, "1000"},
		{"nginx, the hint is lower", hinted, &blobdownload.RateLimit{PerDownload: 1000}, nil, true, "700"},
		{"nginx, the hint is higher", hinted, &blobdownload.RateLimit{PerDownload: 500}, nil, true, "500"},
		{"nginx, the download's is lower", nginx, &blobdownload.RateLimit{PerDownload: 1000}, &blobdownload.RateLimit{PerDownload: 9}, true, "9"},
		{"nginx, the server's is lower", nginx, &blobdownload.RateLimit{PerDownload: 9}, &blobdownload.RateLimit{PerDownload: 1000}, true, "9"},
		{"nginx, per client", nginx, &blobdownload.RateLimit{PerClient: 1000}, nil, false, ""},
		{"nginx, per client with bounded connections", nginx, &blobdownload.RateLimit{PerClient: 1000, ProxyConnections: 4}, nil, true, "250"},
		{"nginx, less than a byte", nginx, &blobdownload.RateLimit{PerClient: 1, ProxyConnections: 4}, nil, true, "1"},
		{"nginx, a client without a limit", nginx, &blobdownload.RateLimit{PerClient: 1000, Client: exempt}, nil, true, ""},
		{"nginx, this storage", nginx, &blobdownload.RateLimit{PerStorage: map[string]int64{"docs": 1000}}, nil, false, ""},
		{"nginx, another storage", nginx, &blobdownload.RateLimit{PerStorage: map[string]int64{"b": 1000}}, nil, true, ""},
		{"apache", apache, &blobdownload.RateLimit{PerDownload: 1000}, nil, false, ""},
		{"presigned", presigned, &blobdownload.RateLimit{PerDownload: 1000}, nil, false, ""},
		{"presigned, limit of the download", presigned, nil, &blobdownload.RateLimit{PerDownload: 1000}, false, ""},
		{"presigned, a client without a limit", presigned, &blobdownload.RateLimit{PerClient: 1000, Client: exempt}, nil, true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before := tt.to.Header.Clone()
			s := quietServer()
			s.Optimizer, s.Rate = fixedOptimizer(tt.to, nil), tt.server
			got := recordGet(s, &blobdownload.Download{File: wrapper.Bytes("a", []byte("abc")).WithStore("docs"), Rate: tt.download})
			body, location := got.Body.String(), got.Header().Get("X-Accel-Redirect")+got.Header().Get("Location")
			if tt.offloads {
				assert.Empty(t, body)
				assert.NotEmpty(t, location)
			} else {
				assert.Equal(t, "abc", body)
				assert.Empty(t, location)
			}
			assert.Equal(t, tt.rate, got.Header().Get(accelRate))
			assert.Equal(t, before, tt.to.Header, "an optimizer may return the same value for every request")
		})
	}
}
