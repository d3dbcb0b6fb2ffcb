package wrapper_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// endingCalls is a source whose calls end with a panic or a Goexit.
type endingCalls struct{ end func() }

func (s endingCalls) Stat(ctx) (wrapper.Info, error) { s.end(); return wrapper.Info{}, nil }

func (s endingCalls) Open(ctx, int64, int64) (io.ReadCloser, error) { s.end(); return nil, nil }

// endingFetch is an endingCalls that is a Fetcher.
type endingFetch struct{ endingCalls }

func (s endingFetch) Fetch(ctx, wrapper.Request) (*wrapper.Response, error) { s.end(); return nil, nil }

// endingStore is a store whose Send or Describe ends with a panic or a Goexit.
type endingStore struct {
	pipeStore
	send, describe func()
}

func (s endingStore) Send(c ctx, method, key, version string, h http.Header) (*http.Response, error) {
	s.send()
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, ContentLength: 10}, nil
}

func (s endingStore) Describe(*http.Response, *wrapper.Info) { s.describe() }

// endingFiles returns files whose every request ends with end.
func endingFiles(t *testing.T, end func()) map[string]*wrapper.File {
	t.Helper()
	store := func(s endingStore) *wrapper.File {
		b := memblob.OpenBucket(nil)
		customStores.Store(b, wrapper.Store(s))
		t.Cleanup(func() { customStores.Delete(b); assert.NoError(t, b.Close()) })
		return wrapper.Blob(b, "k")
	}
	nothing := func() {}
	return map[string]*wrapper.File{
		"source":         wrapper.New("f", endingCalls{end}),
		"fetcher":        wrapper.New("f", endingFetch{endingCalls{end}}),
		"store Send":     store(endingStore{send: end, describe: nothing}),
		"store Describe": store(endingStore{send: nothing, describe: end}),
	}
}

func TestE4EndedRequestReturnsItsPlaces(t *testing.T) {
	t.Parallel()
	for how, end := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
		files := endingFiles(t, end)
		files["admission"] = wrapper.Bytes("f", []byte(digits))
		for kind, f := range files {
			t.Run(how+" "+kind, func(t *testing.T) {
				t.Parallel()
				var admitted atomic.Int64
				l := wrapper.NewLimiter(1, time.Hour)
				f = f.WithLimiter(l)
				f = f.WithAdmission(counting(&admitted)).WithAdmission(counting(&admitted))
				if kind == "admission" {
					f = f.WithAdmission(func(ctx) (func(), error) { end(); return nil, nil })
				}
				for _, do := range []func() error{
					func() error { _, err := f.Stat(t.Context()); return err },
					func() error { _, err := f.Open(t.Context(), 1, 2); return err },
					func() error { _, err := f.Fetch(t.Context(), wrapper.Request{}); return err },
					func() error { _, err := f.Fetch(t.Context(), wrapper.Request{Head: true}); return err },
				} {
					for range 2 { // the second needs the place of the first
						var wg sync.WaitGroup
						wg.Go(func() {
							defer func() { _ = recover() }()
							assert.Error(t, do())
						})
						wg.Wait()
						assert.Zero(t, admitted.Load(), "admissions without a leave")
					}
				}
			})
		}
	}
}

// counting is an Admission that counts the requests that have not left.
func counting(n *atomic.Int64) wrapper.Admission {
	return func(ctx) (func(), error) {
		n.Add(1)
		return func() { n.Add(-1) }, nil
	}
}

// slowStore is a store whose requests wait, and count themselves.
type slowStore struct {
	pipeStore
	ignores       bool // its context
	now, most, of *atomic.Int64
}

func (s slowStore) Send(ctx ctx, method, _, _ string, _ http.Header) (*http.Response, error) {
	s.of.Add(1)
	n := s.now.Add(1)
	defer s.now.Add(-1)
	for m := s.most.Load(); n > m && !s.most.CompareAndSwap(m, n); m = s.most.Load() {
	}
	done := ctx.Done()
	if s.ignores {
		done = nil
	}
	select {
	case <-done:
		return nil, ctx.Err()
	case <-time.After(time.Second):
		return nil, errors.New("method " + method)
	}
}

// E5: 50 clients that leave after 20 ms, one after the other.
func TestE5LookUpsOfClientsThatLeftAreLimited(t *testing.T) {
	t.Parallel()
	for name, ignores := range map[string]bool{"the store ends with its context": false, "the store ignores its context": true} {
		for _, shared := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var now, most, of atomic.Int64
					b := memblob.OpenBucket(nil)
					defer b.Close()
					customStores.Store(b, wrapper.Store(slowStore{ignores: ignores, now: &now, most: &most, of: &of}))
					defer customStores.Delete(b)
					l := wrapper.NewLimiter(2, time.Hour)
					var clients sync.WaitGroup
					for i := range 50 {
						key := "k"
						if !shared {
							key += string(rune('0' + i))
						}
						f := wrapper.Blob(b, key).WithLimiter(l)
						clients.Go(func() {
							ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
							defer cancel()
							_, err := f.Fetch(ctx, wrapper.Request{Head: true})
							assert.ErrorIs(t, err, context.DeadlineExceeded)
						})
						time.Sleep(5 * time.Millisecond)
					}
					clients.Wait()
					require.Positive(t, of.Load())
					assert.LessOrEqual(t, most.Load(), int64(2))
					assert.Zero(t, now.Load(), "no request is left when the last client has left")
				})
			})
		}
	}
}
