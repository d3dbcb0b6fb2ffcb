package blobdownload_test

import (
	"context"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// statSource is a Source of Size letters that counts Stat and Open.
type statSource struct {
	info        wrapper.Info
	err         error
	stats, open atomic.Int32
}

func (a *statSource) Stat(context.Context) (wrapper.Info, error) {
	a.stats.Add(1)
	return a.info, a.err
}

func (a *statSource) Open(_ context.Context, off, n int64) (io.ReadCloser, error) {
	a.open.Add(1)
	rest := strings.Repeat("x", int(a.info.Size))[off:]
	if n >= 0 {
		rest = rest[:n]
	}
	return io.NopCloser(strings.NewReader(rest)), a.err
}

var textInfo = wrapper.Info{Size: 100, ETag: `"app"`, ModTime: time.Date(2024, 1, 6, 10, 20, 30, 0, time.UTC), ContentType: "text/plain", ContentLanguage: "de"}
