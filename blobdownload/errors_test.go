package blobdownload_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

type teapotError struct{}

func (teapotError) Error() string   { return "short and stout" }
func (teapotError) HTTPStatus() int { return http.StatusTeapot }

func TestStatus(t *testing.T) {
	t.Parallel()
	storage := errors.New("the storage is on fire")
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"not there", fs.ErrNotExist, 404},
		{"not allowed", fs.ErrPermission, 403},
		{"not valid", fs.ErrInvalid, 400},
		{"too late", context.DeadlineExceeded, 504},
		{"not supported", errors.ErrUnsupported, 501},
		{"wrapped", fmt.Errorf("x: %w", &fs.PathError{Err: fs.ErrNotExist}), 404},
		{"too late, of a storage", &fs.PathError{Err: context.DeadlineExceeded}, 504},
		{"a storage", &fs.PathError{Op: "open", Path: "a", Err: storage}, 502},
		{"a storage, wrapped", fmt.Errorf("x: %w", &fs.PathError{Err: storage}), 502},
		{"the application", errors.New("mine"), 500},
		{"says itself", teapotError{}, 418},
		{"says itself, wrapped", fmt.Errorf("x: %w", teapotError{}), 418},
		{"goes over the cause", &blobdownload.StatusError{Status: 410, Err: fs.ErrNotExist}, 410},
		{"without a cause", &blobdownload.StatusError{Status: 429}, 429},
		{"in a path", &fs.PathError{Err: &blobdownload.StatusError{Status: 503}}, 503},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, blobdownload.Status(c.err))
			view := blobdownload.View(func(*http.Request) (*blobdownload.Download, error) { return nil, c.err })
			resp := exchange(t, quietServer().Handler(view), "GET", "/")
			assert.Equal(t, c.want, resp.StatusCode)
			assert.Equal(t, http.StatusText(c.want)+"\n", bodyText(t, resp))
		})
	}
}

func TestStatusError(t *testing.T) {
	t.Parallel()
	err := &blobdownload.StatusError{Status: 404, Err: fs.ErrClosed}
	require.ErrorIs(t, err, fs.ErrClosed)
	assert.EqualError(t, err, fs.ErrClosed.Error())
	assert.EqualError(t, &blobdownload.StatusError{Status: 404}, "Not Found")
	assert.EqualError(t, &blobdownload.StatusError{Status: 499}, "status 499")
	assert.EqualError(t, &blobdownload.StatusError{}, "status 0")
}

// A code that is no status of an error becomes 500.
func TestInvalidStatusIs500(t *testing.T) {
	t.Parallel()
	for _, code := range []int{0, 99, 200, 302, 304, 600, -1} {
		server, log := loggedServer()
		server.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) { w.WriteHeader(blobdownload.Status(err)) }
		for name, s := range map[string]*blobdownload.Server{"standard text": quietServer(), "handler": server} {
			w := httptest.NewRecorder()
			s.Error(w, request(t, "GET", "/"), &blobdownload.StatusError{Status: code})
			assert.Equal(t, http.StatusInternalServerError, w.Code, "%s: %d", name, code)
		}
		assert.Contains(t, log.String(), "level=ERROR", code)
	}
	w := httptest.NewRecorder()
	quietServer().Error(w, request(t, "GET", "/"), &blobdownload.StatusError{Status: 499})
	assert.Equal(t, 499, w.Code)
	assert.Equal(t, "error\n", w.Body.String())
}

// failingView returns a view of content whose Stat or Open fails.
func failingView(stat, open error) blobdownload.View {
	p := newCountingSource("content")
	p.statErr, p.openErr = stat, open
	return fileView(func(string) *wrapper.File { return p.file("dir/a") })
}

func TestErrorHandler(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	server, log := loggedServer()
	var handled error
	server.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) {
		handled = err
		w.WriteHeader(599)
		_, _ = w.Write([]byte("page"))
	}
	resp := exchange(t, server.Handler(failingView(cause, nil)), "GET", "/")
	assert.Equal(t, 599, resp.StatusCode)
	assert.Equal(t, "page", bodyText(t, resp))
	require.ErrorIs(t, handled, cause)
	assert.Equal(t, http.StatusBadGateway, blobdownload.Status(handled))
	assert.Contains(t, log.String(), "cause")
}

func TestCausesAreLoggedAndNotSent(t *testing.T) {
	t.Parallel()
	signed := `Get "https://bucket.example/a?X-Amz-Signature=deadbeef&k=v": refused by 10.0.0.7`
	for _, c := range []struct {
		name string
		view blobdownload.View
		want int
	}{
		{"describe", failingView(errors.New(signed), nil), 502},
		{"open", failingView(nil, errors.New(signed)), 502},
		{"view", func(*http.Request) (*blobdownload.Download, error) { return nil, errors.New(signed) }, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, log := loggedServer()
			srv := startServer(t, server.Handler(c.view))
			resp := get(t, srv, "/dl?token=hunter2")
			assert.Equal(t, c.want, resp.StatusCode)
			assert.Equal(t, http.StatusText(c.want)+"\n", bodyText(t, resp))
			assert.Contains(t, log.String(), "refused by 10.0.0.7")
			assert.Contains(t, log.String(), "level=ERROR")
			assert.Contains(t, log.String(), "path=/dl")
			assert.NotContains(t, log.String(), "deadbeef", "the query of a signed URL")
			assert.NotContains(t, log.String(), "hunter2", "the query of the request")
		})
	}
	t.Run("a 404 is no alarm", func(t *testing.T) {
		t.Parallel()
		server, log := loggedServer()
		exchange(t, server.Handler(failingView(fs.ErrNotExist, nil)), "GET", "/")
		assert.Contains(t, log.String(), "level=DEBUG")
		assert.NotContains(t, log.String(), "level=ERROR")
	})
}

func TestHeadOfAnError(t *testing.T) {
	t.Parallel()
	srv := startServer(t, quietServer().Handler(failingView(errors.New("x"), nil)))
	resp, err := roundTrip(t, srv, "HEAD", "/")
	require.NoError(t, err)
	assert.Equal(t, http.StatusBadGateway, resp.StatusCode)
	assert.Empty(t, bodyText(t, resp))
	assert.Equal(t, "12", resp.Header.Get("Content-Length"))
}

// A canceled request may still have a client: an empty 200 would look like a complete response.
func TestCanceledRequestIsAborted(t *testing.T) {
	t.Parallel()
	server, log := loggedServer()
	server.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { t.Error("the client has disconnected") }
	h := server.Handler(failingView(context.Canceled, nil))
	cancelled := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		h.ServeHTTP(w, r.WithContext(ctx))
	})
	_, err := roundTrip(t, startServer(t, cancelled), "GET", "/")
	require.Error(t, err)
	assert.Contains(t, log.String(), "client left")
	assert.NotContains(t, log.String(), "level=ERROR")
}

// A deadline of the application is not a disconnected client.
func TestDeadlineOfTheRequestIs504(t *testing.T) {
	t.Parallel()
	h := quietServer().Handler(func(r *http.Request) (*blobdownload.Download, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	assert.Equal(t, http.StatusGatewayTimeout, exchangeRequest(h, request(t, "GET", "/").WithContext(ctx)).StatusCode)
}

// Fields that middleware had set for the content are removed.
func TestErrorDropsContentFields(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	for _, field := range []string{"ETag", "Content-Encoding", "Content-Disposition", "X-Accel-Redirect", "X-Sendfile", "Content-Range"} {
		w.Header().Set(field, "x")
	}
	w.Header().Set("Vary", "Origin")
	quietServer().Error(w, request(t, "GET", "/"), fs.ErrNotExist)
	for _, field := range []string{"ETag", "Content-Encoding", "Content-Disposition", "X-Accel-Redirect", "X-Sendfile", "Content-Range"} {
		assert.Empty(t, w.Header().Get(field), field)
	}
	assert.Equal(t, "Origin", w.Header().Get("Vary"))
}
