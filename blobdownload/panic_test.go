package blobdownload_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// panickingBody is a body whose Close panics, or a decoder.
type panickingBody struct{ io.Reader }

func (panickingBody) Close() error { panic("close") }

// E4: a panic, wherever it comes from, leaves no place of a limit behind, and Observe gets its error.
func TestE4PanicReleasesEveryPlace(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("x", 100_000)
	object := func(s *blobdownload.Storage) *blobdownload.Download { return &blobdownload.Download{File: s.File("a")} }
	coded := func(s *blobdownload.Storage) *blobdownload.Download {
		return &blobdownload.Download{File: s.File("a").WithInfo(wrapper.Info{ContentEncoding: "br"})}
	}
	decoders := func(d blobdownload.Decoder) func(*blobdownload.Server) {
		return func(s *blobdownload.Server) { s.Decoders = map[string]blobdownload.Decoder{"br": d} }
	}
	for name, tc := range map[string]struct {
		configure func(*blobdownload.Server)
		download  func(*blobdownload.Storage) *blobdownload.Download
		observed  bool
		clean     bool // Observe panics after a complete body
	}{
		"View": {download: func(*blobdownload.Storage) *blobdownload.Download { panic("view") }},
		"Optimizer": {download: object, observed: true, configure: func(s *blobdownload.Server) {
			s.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
				panic("optimizer")
			})
		}},
		"ErrorHandler": {download: func(s *blobdownload.Storage) *blobdownload.Download {
			return &blobdownload.Download{File: s.File("missing")}
		}, observed: true, configure: func(s *blobdownload.Server) {
			s.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic("handler") }
		}},
		"decoder": {download: coded, observed: true, configure: decoders(func(io.Reader) (io.ReadCloser, error) { panic("decoder") })},
		"decoder's Read": {download: coded, observed: true, configure: decoders(func(r io.Reader) (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(io.LimitReader(r, 50_000), readerFunc(func([]byte) (int, error) { panic("read") }))), nil
		})},
		"decoder's Goexit": {download: coded, observed: true, configure: decoders(func(r io.Reader) (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(io.LimitReader(r, 50_000), readerFunc(func([]byte) (int, error) {
				runtime.Goexit()
				return 0, nil
			}))), nil
		})},
		"decoder's Close": {download: coded, observed: true, clean: true, configure: decoders(func(r io.Reader) (io.ReadCloser, error) {
			return panickingBody{r}, nil
		})},
	} {
		for protocol, configure := range protocols {
			t.Run(name+" "+protocol, func(t *testing.T) {
				t.Parallel()
				s := &blobdownload.Storage{Name: "docs", Bucket: memBucket(t), Limiter: wrapper.NewLimiter(1, time.Second)}
				put(t, s.Bucket, "a", "text/plain", []byte(content))
				server := quietServer()
				server.Limit = &blobdownload.ClientLimit{Total: 1}
				results := make(chan blobdownload.Result, 2)
				server.Observe = func(_ *http.Request, r blobdownload.Result) { results <- r }
				if tc.configure != nil {
					tc.configure(server)
				}
				faulty := server.Handler(func(*http.Request) (*blobdownload.Download, error) { return tc.download(s), nil })
				recovering := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					defer func() {
						if recover() != nil {
							w.WriteHeader(http.StatusInternalServerError)
						}
					}()
					faulty.ServeHTTP(w, r)
				})
				srv := startServer(t, recovering, configure)
				resp, err := roundTrip(t, srv, "GET", "/")
				if err == nil && resp.StatusCode == http.StatusOK {
					_, err = io.Copy(io.Discard, resp.Body)
					require.Equal(t, tc.clean, err == nil, "%v", err)
				}
				srv.Close()
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				if tc.observed {
					select { // the handler of an HTTP/2 stream outlasts its connection
					case r := <-results:
						assert.Equal(t, tc.clean, r.Err == nil)
					case <-ctx.Done():
						assert.Fail(t, "Observe was not called")
					}
				}
				plain := &blobdownload.Server{Logger: server.Logger, Limit: server.Limit}
				after := exchange(t, plain.Handler(viewOf(object(s))), "GET", "/")
				assert.Equal(t, http.StatusOK, after.StatusCode, "a place was lost")
				require.NoError(t, server.Shutdown(ctx))
				require.NoError(t, s.Close(ctx))
				assert.Empty(t, results, "a download is observed once")
			})
		}
	}
}

// E4, E1: a panic of Observe while a failed body is reported does not end that body cleanly.
func TestE4PanicOfObserveFailsTheTransfer(t *testing.T) {
	t.Parallel()
	for protocol, configure := range protocols {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			server := quietServer()
			server.Observe = func(*http.Request, blobdownload.Result) { panic("observe") }
			f := wrapper.Func("a", func(_ context.Context, w io.Writer) error {
				_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
				return io.ErrNoProgress
			})
			inner := server.Handler(viewOf(&blobdownload.Download{File: f}))
			srv := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer func() { _ = recover() }()
				inner.ServeHTTP(w, r)
			}), configure)
			resp, err := roundTrip(t, srv, "GET", "/")
			if err == nil {
				_, err = io.Copy(io.Discard, resp.Body)
			}
			require.Error(t, err)
			require.NoError(t, server.Shutdown(t.Context()))
		})
	}
}
