package blobdownload_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// endlessFile is a file of letters that is longer than any test sends.
func endlessFile() *wrapper.File {
	p := newCountingSource("")
	p.info.Size = 1 << 50
	p.body = func(_, n int64) io.Reader { return &letters{n: n} }
	return p.file("a")
}

// received downloads with several clients for some time, and returns the bytes that each has received. Client i has the
// address 192.0.2.i, unless oneAddress is set.
func received(t *testing.T, s *blobdownload.Server, d *blobdownload.Download, clients int, oneAddress bool, span time.Duration) []int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), span)
	defer cancel()
	writers := make([]*recordingWriter, clients)
	var all sync.WaitGroup
	for i := range writers {
		w := newRecordingWriter()
		w.discard = true
		writers[i] = w
		all.Go(func() {
			defer func() { _ = recover() }() // of an aborted response
			r := request(t, "GET", "/").WithContext(ctx)
			if r.RemoteAddr = "192.0.2.1:1"; !oneAddress {
				r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", i)
			}
			_ = s.Serve(w, r, d)
		})
	}
	all.Wait()
	bytes := make([]int64, clients)
	for i, w := range writers {
		bytes[i] = w.bytes
	}
	return bytes
}

func TestRateOfStreamedDownloads(t *testing.T) {
	t.Parallel()
	const perSecond, span = 1 << 20, 20 * time.Second
	for _, tt := range []struct {
		name       string
		limit      func() *blobdownload.RateLimit
		oneAddress bool
		shared     bool // by all clients
	}{
		{"per download", func() *blobdownload.RateLimit {
			return &blobdownload.RateLimit{PerDownload: perSecond}
		}, true, false},
		{"per client, each with an address", func() *blobdownload.RateLimit {
			return &blobdownload.RateLimit{PerClient: perSecond}
		}, false, false},
		{"per client, all connections of one", func() *blobdownload.RateLimit {
			return &blobdownload.RateLimit{PerClient: perSecond}
		}, true, true},
		{"per storage", func() *blobdownload.RateLimit {
			return &blobdownload.RateLimit{PerStorage: map[string]int64{"docs": perSecond, "other": 1}}
		}, false, true},
		{"the lowest of several", func() *blobdownload.RateLimit {
			return &blobdownload.RateLimit{
				PerDownload: perSecond, PerClient: 1 << 30, PerStorage: map[string]int64{"docs": 1 << 30},
			}
		}, true, false},
	} {
		for _, clients := range []int{1, 10, 100} {
			t.Run(fmt.Sprintf("%s, %d clients", tt.name, clients), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := quietServer()
					s.Rate = tt.limit()
					got := received(t, s, &blobdownload.Download{File: endlessFile().WithStore("docs")}, clients, tt.oneAddress, span)
					want := float64(perSecond) * span.Seconds()
					if !tt.shared {
						for _, n := range got {
							assert.InEpsilon(t, want, n, 0.1)
						}
						return
					}
					var total, least, most int64
					least = got[0]
					for _, n := range got {
						total, least, most = total+n, min(least, n), max(most, n)
					}
					assert.InEpsilon(t, want, total, 0.1)
					assert.LessOrEqual(t, most-least, int64(128<<10), "clients share alike, except for the full bucket at the start")
				})
			})
		}
	}
}

// Rates below one buffer a second and far above a buffer's growth are kept too.
func TestRateIsIndependentOfTheBuffer(t *testing.T) {
	t.Parallel()
	for _, perSecond := range []int64{5 << 10, 100 << 10, 50 << 20} {
		t.Run(fmt.Sprint(perSecond), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := quietServer()
				s.MinRate = 1 << 30 // waiting for the rate is not the client's time
				s.Rate = &blobdownload.RateLimit{PerDownload: perSecond}
				got := received(t, s, &blobdownload.Download{File: endlessFile()}, 1, true, 20*time.Second)
				assert.InEpsilon(t, perSecond*20, got[0], 0.2)
			})
		})
	}
}

// Every kind of body has the rate: it takes as long as its bytes at that rate.
func TestRateOfEveryKindOfBody(t *testing.T) {
	t.Parallel()
	const size, perSecond = 4 << 20, 1 << 20
	content := make([]byte, size)
	dir := t.TempDir()
	writeFile(t, dir, "a", content)
	local := blobdownload.Storage{Bucket: fileBucket(t, dir)}
	for _, tt := range []struct {
		name, field string
		file        *wrapper.File
	}{
		{"a local file", "", local.File("a")},
		{"memory", "", wrapper.Bytes("a", content)},
		{"generated content", "", wrapper.Func("a", func(_ context.Context, w io.Writer) error {
			_, err := w.Write(content)
			return err
		})},
		{"two ranges", "bytes=0-2097051,2097152-", wrapper.Bytes("a", content)},
		{"an archive", "", archive.Zip("a.zip", archive.Member{File: wrapper.Bytes("a", content)})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := quietServer()
				s.Rate = &blobdownload.RateLimit{PerClient: perSecond}
				w := &readerFromWriter{recordingWriter: newRecordingWriter()}
				began := time.Now()
				require.NoError(t, s.Serve(w, request(t, "GET", "/", "Range", tt.field), &blobdownload.Download{File: tt.file}))
				assert.GreaterOrEqual(t, w.bytes, int64(size-200))
				assert.InEpsilon(t, size/perSecond, time.Since(began).Seconds(), 0.05)
			})
		})
	}
}

// A client gains nothing from many short downloads: its bucket outlives each of them.
func TestRateOfManyShortDownloads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := quietServer()
		s.Rate = &blobdownload.RateLimit{PerClient: 1 << 20}
		d := &blobdownload.Download{File: wrapper.Bytes("a", make([]byte, 1000))}
		began := time.Now()
		const downloads = 10_000
		for range downloads {
			require.NoError(t, s.Serve(newRecordingWriter(), request(t, "GET", "/"), d))
		}
		assert.InEpsilon(t, downloads*1000.0/(1<<20), time.Since(began).Seconds(), 0.05)
	})
}

// Clients without a download are forgotten. A million addresses hold no memory.
func TestRateForgetsIdleClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := quietServer()
		s.Rate = &blobdownload.RateLimit{PerClient: 1 << 20}
		d := &blobdownload.Download{File: wrapper.Bytes("a", []byte("x"))}
		for i := range 100 {
			r := request(t, "GET", "/")
			r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", i)
			require.NoError(t, s.Serve(newRecordingWriter(), r, d))
		}
		assert.Equal(t, 100, blobdownload.RatedClients(s.Rate))
		time.Sleep(2 * time.Second)
		require.NoError(t, s.Serve(newRecordingWriter(), request(t, "GET", "/"), d))
		assert.Equal(t, 1, blobdownload.RatedClients(s.Rate))
	})
}

// A plan of a user is a limit of the download. The server's limit holds as well.
func TestRateOfADownloadAndOfItsServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := quietServer()
		s.Rate = &blobdownload.RateLimit{PerStorage: map[string]int64{"docs": 1 << 20}}
		free := &blobdownload.RateLimit{PerClient: 1 << 10}
		got := received(t, s, &blobdownload.Download{File: endlessFile().WithStore("docs"), Rate: free}, 1, true, 100*time.Second)
		assert.InEpsilon(t, 100<<10, got[0], 0.2)
		exempt := &blobdownload.RateLimit{PerClient: 1, Client: func(*http.Request) string { return "" }}
		got = received(t, s, &blobdownload.Download{File: endlessFile().WithStore("docs"), Rate: exempt}, 1, true, 20*time.Second)
		assert.InEpsilon(t, 20<<20, got[0], 0.1)
	})
}

// A download that waits for its rate ends at once if its client leaves or the server shuts down.
func TestRateEndsWithTheDownload(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"client leaves", "shutdown"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := quietServer()
				s.Rate = &blobdownload.RateLimit{PerClient: 1}
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				var ended time.Time
				var all sync.WaitGroup
				all.Go(func() {
					defer func() { _, ended = recover(), time.Now() }()
					_ = s.Serve(newRecordingWriter(), request(t, "GET", "/").WithContext(ctx), &blobdownload.Download{File: endlessFile()})
				})
				time.Sleep(time.Minute)
				left := time.Now()
				if name == "shutdown" {
					now, cancel := context.WithCancel(t.Context())
					cancel()
					require.Error(t, s.Shutdown(now))
				} else {
					leave()
				}
				all.Wait()
				assert.Equal(t, left, ended)
			})
		})
	}
}
