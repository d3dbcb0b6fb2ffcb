package blobdownload_test

import (
	"errors"
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestViewsCompose(t *testing.T) {
	t.Parallel()
	name := func(r *http.Request) string { return r.URL.Query().Get("name") }
	policy := func(d *blobdownload.Download) string { return "max-age=60, for=" + d.File.Name() }
	base := func() blobdownload.View {
		return viewOf(&blobdownload.Download{File: wrapper.Bytes("dir/a.txt", []byte("content"))})
	}
	for _, c := range []struct {
		name string
		view blobdownload.View
		want map[string]string
	}{
		{"nothing", base(), map[string]string{
			"Content-Disposition": `attachment; filename="a.txt"`, "Cache-Control": "private, no-cache",
			"Content-Type": "text/plain; charset=utf-8",
		}},
		{"Named", base().Named(name), map[string]string{"Content-Disposition": `attachment; filename="b.pdf"`, "Content-Type": "application/pdf"}},
		{"Inline", base().Inline(), map[string]string{"Content-Disposition": `inline; filename="a.txt"`}},
		{"Inline, Attachment", base().Inline().Attachment(), map[string]string{"Content-Disposition": `attachment; filename="a.txt"`}},
		{"As", base().As("text/csv; header=present"), map[string]string{"Content-Type": "text/csv; header=present"}},
		{"Cached", base().Cached(policy), map[string]string{"Cache-Control": "max-age=60, for=dir/a.txt"}},
		{"the outer one wins", base().As("text/csv").As("image/png"), map[string]string{"Content-Type": "image/png"}},
		{"all", base().Inline().Named(name).As("image/png").Cached(policy).Attachment(), map[string]string{
			"Content-Disposition": `attachment; filename="b.pdf"`, "Content-Type": "image/png", "Cache-Control": "max-age=60, for=dir/a.txt",
		}},
		{"With", base().With(func(_ *http.Request, d *blobdownload.Download) error {
			d.Header = http.Header{"X-Mine": {"1"}}
			return nil
		}), map[string]string{"X-Mine": "1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			resp := exchange(t, quietServer().Handler(c.view), "GET", "/?name=b.pdf")
			for field, want := range c.want {
				assert.Equal(t, want, resp.Header.Get(field), field)
			}
			assert.Equal(t, "content", bodyText(t, resp))
		})
	}
}

// An application may return the same Download for every request: views change a copy.
func TestViewsDoNotChangeTheOriginal(t *testing.T) {
	t.Parallel()
	d := &blobdownload.Download{File: wrapper.Bytes("a.txt", []byte("content")), Header: http.Header{"X-Mine": {"1"}}}
	view := viewOf(d).Inline().As("image/png").
		Named(func(*http.Request) string { return "b" }).
		Cached(func(*blobdownload.Download) string { return "no-store" }).
		With(func(_ *http.Request, d *blobdownload.Download) error {
			d.Header.Add("X-Mine", "2")
			d.File = wrapper.Bytes("c", nil)
			return nil
		})
	changed, err := view(request(t, "GET", "/"))
	require.NoError(t, err)
	assert.True(t, changed.Inline)
	assert.Equal(t, "b", changed.Filename)
	assert.Equal(t, http.Header{"X-Mine": {"1", "2"}, "Cache-Control": {"no-store"}}, changed.Header)

	assert.False(t, d.Inline)
	assert.Empty(t, d.Filename)
	assert.Empty(t, d.ContentType)
	assert.Equal(t, "a.txt", d.File.Name())
	assert.Equal(t, http.Header{"X-Mine": {"1"}}, d.Header)
}

func TestWithMayFail(t *testing.T) {
	t.Parallel()
	deny := func(*http.Request, *blobdownload.Download) error { return fs.ErrPermission }
	view := viewOf(&blobdownload.Download{File: wrapper.Bytes("a", []byte("secret"))}).With(deny)
	assert.Equal(t, http.StatusForbidden, exchange(t, quietServer().Handler(view), "GET", "/").StatusCode)

	called := false
	failed := blobdownload.View(func(*http.Request) (*blobdownload.Download, error) { return nil, fs.ErrNotExist })
	_, err := failed.With(func(*http.Request, *blobdownload.Download) error { called = true; return nil })(request(t, "GET", "/"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.False(t, called, "there is nothing to change")
	_, err = viewOf(nil).Inline()(request(t, "GET", "/"))
	require.Error(t, err)
}

// Authorized runs before the view, the optimizer and the storage, at any place of the chain.
func TestAuthorizedComesFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"allowed", nil, 200},
		{"forbidden", fs.ErrPermission, 403},
		{"hidden", fs.ErrNotExist, 404},
		{"unauthorized", &blobdownload.StatusError{Status: 401}, 401},
		{"broken", errors.New("the session store is down"), 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newCountingSource("content")
			looked, optimized := 0, 0
			view := blobdownload.ObjectView(func(*http.Request) (string, error) {
				looked++
				return "a", nil
			}, func(name string) (*blobdownload.Download, error) {
				return &blobdownload.Download{File: p.file(name)}, nil
			}).Authorized(func(r *http.Request) error {
				assert.Zero(t, looked, "the check comes first")
				return c.err
			})
			server := quietServer()
			server.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
				optimized++
				return nil, nil //nolint:nilnil // leaves it as it is
			})
			resp := exchange(t, server.Handler(view), "GET", "/", "Range", "bytes=0-0,3-3", "If-None-Match", `"x"`)
			stats, opens, _ := p.counts()
			if c.err == nil {
				assert.Equal(t, http.StatusPartialContent, resp.StatusCode)
				assert.Equal(t, []int{1, 1}, []int{looked, optimized})
				return
			}
			assert.Equal(t, c.want, resp.StatusCode)
			assert.Equal(t, []int{0, 0, 0, 0}, []int{looked, optimized, stats, opens})
			assert.Equal(t, http.StatusText(c.want)+"\n", bodyText(t, resp))
		})
	}
}

func TestViewsPassErrorsOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("x")
	for name, view := range map[string]blobdownload.View{
		"object, lookup": blobdownload.ObjectView(func(*http.Request) (int, error) { return 0, broken }, func(int) (*blobdownload.Download, error) {
			t.Error("there is no record")
			return nil, broken
		}),
		"object, file": blobdownload.ObjectView(func(*http.Request) (int, error) { return 0, nil }, func(int) (*blobdownload.Download, error) {
			return nil, broken
		}),
		"http":    blobdownload.HTTPView(nil, func(*http.Request) (string, error) { return "", broken }),
		"virtual": blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) { return nil, broken }),
	} {
		_, err := view(request(t, "GET", "/"))
		assert.ErrorIs(t, err, broken, name)
	}
}

func TestPathValue(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	s := &blobdownload.Storage{Bucket: memBucket(t)}
	put(t, s.Bucket, "d/a b%2F.txt", "", []byte("content"))
	mux.Handle("/files/{key...}", quietServer().Handler(blobdownload.StorageView(s, blobdownload.PathValue("key"))))
	assert.Equal(t, "content", bodyText(t, exchange(t, mux, "GET", "/files/d/a%20b%252F.txt")), "decoded once")
	assert.Equal(t, http.StatusNotFound, exchange(t, mux, "GET", "/files/d/a%20b%2F.txt").StatusCode)
}
