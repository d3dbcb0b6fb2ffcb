package blobdownload_test

import (
	"errors"
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/go-downloadview/downloadview/blobdownload"
)

func TestTelemetry(t *testing.T) {
	t.Parallel()
	reader := metric.NewManualReader()
	spans := tracetest.NewInMemoryExporter()
	server := quietServer()
	server.MeterProvider = metric.NewMeterProvider(metric.WithReader(reader))
	server.TracerProvider = trace.NewTracerProvider(trace.WithSyncer(spans))
	serve := func(d *blobdownload.Download, o blobdownload.Optimizer, header ...string) {
		server.Optimizer = o
		defer func() { _ = recover() }()
		exchange(t, server.Handler(viewOf(d)), http.MethodGet, "/secret-path", header...)
	}
	ok := newCountingSource("content")
	missing := newCountingSource("")
	missing.statErr = errors.New("secret address")
	serve(&blobdownload.Download{File: ok.file("secret-key")}, nil)
	serve(&blobdownload.Download{File: ok.file("secret-key")}, nil, "Range", "bytes=0-1")
	serve(&blobdownload.Download{File: ok.file("secret-key")}, accelOptimizer)
	serve(&blobdownload.Download{File: missing.file("secret-key")}, nil)
	server.Observe = func(_ *http.Request, res blobdownload.Result) { t.Errorf("a rejected request is observed: %v", res) }
	rejected := server.Handler(func(*http.Request) (*blobdownload.Download, error) { return nil, fs.ErrPermission })
	exchange(t, rejected, http.MethodGet, "/secret-path")
	exchange(t, rejected, http.MethodPost, "/secret-path")

	var got metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &got))
	require.Len(t, got.ScopeMetrics, 1)
	counts := map[string]int64{}
	for _, m := range got.ScopeMetrics[0].Metrics {
		assert.NotEmpty(t, m.Unit, m.Name)
		switch data := m.Data.(type) {
		case metricdata.Sum[int64]:
			for _, p := range data.DataPoints {
				outcome, _ := p.Attributes.Value("downloadview.outcome")
				counts[m.Name+" "+outcome.AsString()] += p.Value
			}
		case metricdata.Histogram[float64]:
			for _, p := range data.DataPoints {
				counts[m.Name] += int64(p.Count)
			}
		}
	}
	assert.Equal(t, map[string]int64{
		"downloadview.server.downloads sent": 2, "downloadview.server.downloads offloaded": 1, "downloadview.server.downloads failed": 1,
		"downloadview.server.io sent":            9,
		"downloadview.storage.requests ":         5, // two described and opened, one described in vain
		"downloadview.server.active_downloads ":  0,
		"downloadview.server.download.duration":  4,
		"downloadview.server.time_to_first_byte": 2,
	}, counts)

	all := spans.GetSpans()
	require.Len(t, all, 4)
	assert.Contains(t, all[0].Attributes, attribute.Int64("http.response.body.size", 7))
	assert.Contains(t, all[2].Attributes, attribute.String("downloadview.optimizer", "blobdownload.OptimizerFunc"))
	for _, a := range all[2].Attributes {
		assert.NotEqual(t, "http.response.body.size", string(a.Key), "an offloaded body has no known size")
	}
	assert.Equal(t, "Bad Gateway", all[3].Status.Description)
	for _, s := range all {
		for _, a := range s.Attributes {
			assert.NotContains(t, a.Value.String(), "secret", "%s", a.Key)
		}
		assert.Empty(t, s.Events)
	}
}

// LD25: values of clients and uploaders are quoted in logs and are never labels.
func TestLogLinesCannotBeInjected(t *testing.T) {
	t.Parallel()
	server, log := loggedServer()
	p := newCountingSource("")
	p.statErr = errors.New("GET https://s3.example/b/k?X-Amz-Signature=deadbeef: refused\nlevel=ERROR msg=forged \x1b[31m")
	r := request(t, http.MethodGet, "/a%0Alevel=ERROR%1b%5b31m?token=hidden", "Authorization", "Bearer hidden")
	exchangeRequest(server.Handler(viewOf(&blobdownload.Download{File: p.file("k\nforged")})), r)
	line := log.String()
	assert.Len(t, splitLines(line), 1, line)
	for _, secret := range []string{"deadbeef", "hidden", "\x1b"} {
		assert.NotContains(t, line, secret)
	}
	long := request(t, http.MethodGet, "/")
	long.URL.Path = "/" + string(make([]byte, 1<<20))
	exchangeRequest(server.Handler(viewOf(&blobdownload.Download{File: p.file("k")})), long)
	assert.Less(t, len(log.String()), 10<<10)
}

func splitLines(s string) (lines []string) {
	for s != "" {
		i := 0
		for i < len(s) && s[i] != '\n' {
			i++
		}
		lines = append(lines, s[:i])
		s = s[min(i+1, len(s)):]
	}
	return lines
}
