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

type teapot struct{}

func (teapot) Error() string   { return "short and stout" }
func (teapot) HTTPStatus() int { return http.StatusTeapot }

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
		{"says itself", teapot{}, 418},
		{"says itself, wrapped", fmt.Errorf("x: %w", teapot{}), 418},
		{"goes over the cause", &blobdownload.StatusError{Status: 410, Err: fs.ErrNotExist}, 410},
		{"without a cause", &blobdownload.StatusError{Status: 429}, 429},
		{"in a path", &fs.PathError{Err: &blobdownload.StatusError{Status: 503}}, 503},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, blobdownload.Status(c.err))
			view := blobdownload.View(func(*http.Request) (*blobdownload.Download, error) { return nil, c.err })
			resp := ask(t, quiet().Handler(view), "GET", "/")
			assert.Equal(t, c.want, resp.StatusCode)
			assert.Equal(t, http.StatusText(c.want)+"\n", text(t, resp))
		})
	}
}

func TestStatusError(t *testing.T) {
	t.Parallel()
	err := &blobdownload.StatusError{Status: 404, Err: fs.ErrClosed}
	require.ErrorIs(t, err, fs.ErrClosed)
	assert.EqualError(t, err, fs.ErrClosed.Error())
	assert.EqualError(t, &blobdownload.StatusError{Status: 404}, "Not Found")
}

// What no status is for an error is answered as a 500.
func TestStatusThatIsNoneIs500(t *testing.T) {
	t.Parallel()
	for _, code := range []int{0, 99, 200, 304, 600, -1} {
		w := httptest.NewRecorder()
		quiet().Error(w, request(t, "GET", "/"), &blobdownload.StatusError{Status: code})
		assert.Equal(t, http.StatusInternalServerError, w.Code, code)
	}
	w := httptest.NewRecorder()
	quiet().Error(w, request(t, "GET", "/"), &blobdownload.StatusError{Status: 499})
	assert.Equal(t, 499, w.Code)
	assert.Equal(t, "error\n", w.Body.String())
}

// failing is a view of content that a storage fails to describe, or to open.
func failing(stat, open error) blobdownload.View {
	p := newProbe("content")
	p.statErr, p.openErr = stat, open
	return virtual(func(string) *wrapper.File { return p.file("dir/a") })
}

func TestErrorHandler(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	server, log := logged()
	var told error
	server.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) {
		told = err
		w.WriteHeader(599)
		_, _ = w.Write([]byte("page"))
	}
	resp := ask(t, server.Handler(failing(cause, nil)), "GET", "/")
	assert.Equal(t, 599, resp.StatusCode)
	assert.Equal(t, "page", text(t, resp))
	require.ErrorIs(t, told, cause)
	assert.Equal(t, http.StatusBadGateway, blobdownload.Status(told))
	assert.Contains(t, log.String(), "cause")
}

func TestCausesAreLoggedAndNotTold(t *testing.T) {
	t.Parallel()
	signed := `Get "https://bucket.example/a?X-Amz-Signature=deadbeef&k=v": refused by 10.0.0.7`
	for _, c := range []struct {
		name string
		view blobdownload.View
		want int
	}{
		{"describe", failing(errors.New(signed), nil), 502},
		{"open", failing(nil, errors.New(signed)), 502},
		{"view", func(*http.Request) (*blobdownload.Download, error) { return nil, errors.New(signed) }, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, log := logged()
			srv := live(t, server.Handler(c.view))
			resp := get(t, srv, "/dl?token=hunter2")
			assert.Equal(t, c.want, resp.StatusCode)
			assert.Equal(t, http.StatusText(c.want)+"\n", text(t, resp))
			assert.Contains(t, log.String(), "refused by 10.0.0.7")
			assert.Contains(t, log.String(), "level=ERROR")
			assert.Contains(t, log.String(), "path=/dl")
			assert.NotContains(t, log.String(), "deadbeef", "the query of a signed URL")
			assert.NotContains(t, log.String(), "hunter2", "the query of the request")
		})
	}
	t.Run("a 404 is no alarm", func(t *testing.T) {
		t.Parallel()
		server, log := logged()
		ask(t, server.Handler(failing(fs.ErrNotExist, nil)), "GET", "/")
		assert.Contains(t, log.String(), "level=DEBUG")
		assert.NotContains(t, log.String(), "level=ERROR")
	})
}

func TestHeadOfAnError(t *testing.T) {
	t.Parallel()
	srv := live(t, quiet().Handler(failing(errors.New("x"), nil)))
	resp, err := try(t, srv, "HEAD", "/")
	require.NoError(t, err)
	assert.Equal(t, http.StatusBadGateway, resp.StatusCode)
	assert.Empty(t, text(t, resp))
	assert.Equal(t, "12", resp.Header.Get("Content-Length"))
}

// A client that left, or that cannot be told from one, must not take an empty 200 for the answer.
func TestClientThatIsGoneGetsNothing(t *testing.T) {
	t.Parallel()
	server, log := logged()
	server.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { t.Error("there is nobody to answer") }
	h := server.Handler(failing(context.Canceled, nil))
	cancelled := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		h.ServeHTTP(w, r.WithContext(ctx))
	})
	_, err := try(t, live(t, cancelled), "GET", "/")
	require.Error(t, err)
	assert.Contains(t, log.String(), "client left")
	assert.NotContains(t, log.String(), "level=ERROR")
}

// A deadline that the application set is no client that left.
func TestDeadlineOfTheRequestIs504(t *testing.T) {
	t.Parallel()
	h := quiet().Handler(func(r *http.Request) (*blobdownload.Download, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	assert.Equal(t, http.StatusGatewayTimeout, answer(h, request(t, "GET", "/").WithContext(ctx)).StatusCode)
}

// What somebody before had set for the content goes with it.
func TestErrorDropsFieldsOfTheContent(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	for _, field := range []string{"ETag", "Content-Encoding", "Content-Disposition", "X-Accel-Redirect", "X-Sendfile", "Content-Range"} {
		w.Header().Set(field, "x")
	}
	w.Header().Set("Vary", "Origin")
	quiet().Error(w, request(t, "GET", "/"), fs.ErrNotExist)
	for _, field := range []string{"ETag", "Content-Encoding", "Content-Disposition", "X-Accel-Redirect", "X-Sendfile", "Content-Range"} {
		assert.Empty(t, w.Header().Get(field), field)
	}
	assert.Equal(t, "Origin", w.Header().Get("Vary"))
}
