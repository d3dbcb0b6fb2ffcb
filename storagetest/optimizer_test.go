package storagetest_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

type optimize = blobdownload.OptimizerFunc

func fileOf(key string) *wrapper.File { return wrapper.Bytes(key, contents["small"]) }

// escaped escapes a path for nginx.
func escaped(name string) string { return (&url.URL{Path: "/protected/" + name}).EscapedPath() }

// accel is an optimizer that keeps the contract.
func accel(_ *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {escaped(d.File.Name())}}}, nil
}

// withMistake is accel with one mistake.
func withMistake(mistake func(r *http.Request, d *blobdownload.Download, to *blobdownload.Redirect)) optimize {
	return func(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
		to, err := accel(r, d)
		mistake(r, d, to)
		return to, err
	}
}

func TestSoundOptimizersKeepTheContract(t *testing.T) {
	t.Parallel()
	require.NoError(t, storagetest.TestOptimizer(optimize(accel), fileOf))
	require.NoError(t, storagetest.TestOptimizer(optimize(func(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
		if strings.ContainsFunc(d.File.Name(), func(c rune) bool { return c < 0x20 || c == 0x7f }) {
			return nil, nil
		}
		_, err := d.File.Stat(r.Context())
		return &blobdownload.Redirect{Status: http.StatusFound, Header: http.Header{"Location": {"https://cdn.test" + escaped(d.File.Name())}}}, err
	}), fileOf))
}

func TestOptimizerMutants(t *testing.T) {
	t.Parallel()
	type (
		r  = *http.Request
		d  = *blobdownload.Download
		to = *blobdownload.Redirect
	)
	for _, m := range []struct {
		name, clause string
		o            optimize
	}{
		{"takes nothing", "takes", func(r, d) (to, error) { return nil, nil }},
		{"fails", "takes", func(r, d) (to, error) { return nil, errBroken }},
		{"fails and answers", "takes", func(r, d) (to, error) { return &blobdownload.Redirect{}, errBroken }},
		{"says nothing", "status", withMistake(func(_ r, _ d, to to) { to.Header = nil })},
		{"redirects for good", "status", withMistake(func(_ r, _ d, to to) { to.Status = http.StatusMovedPermanently })},
		{"redirects nowhere", "status", withMistake(func(_ r, _ d, to to) { to.Status = http.StatusFound })},
		{"redirects by a 200", "status", withMistake(func(_ r, _ d, to to) { to.Header.Set("Location", "/x") })},
		{"says a length", "transfer-fields", withMistake(func(_ r, _ d, to to) { to.Header.Set("Content-Length", "13") })},
		{"answers HEAD otherwise", "head", withMistake(func(r r, _ d, to to) {
			if r.Method == http.MethodHead {
				to.Header.Set("X-Head", "1")
			}
		})},
		{"leaves a body open", "opens-nothing", withMistake(func(r r, d d, _ to) { _, _ = d.File.Open(r.Context(), 0, -1) })},
		{"looks up twice", "opens-nothing", withMistake(func(r r, d d, _ to) { _, _ = d.File.Stat(r.Context()); _, _ = d.File.Stat(r.Context()) })},
		{"names the download anew", "leaves-download", withMistake(func(_ r, d d, _ to) { d.Filename = "x" })},
		{"adds to the download's header", "leaves-download", withMistake(func(_ r, d d, _ to) {
			if d.Header != nil {
				d.Header.Set("X-Accel-Redirect", "/x")
			}
		})},
		{"takes the range from the request", "leaves-request", withMistake(func(r r, _ d, _ to) { r.Header.Del("Range") })},
		{"is configured by the request", "configured-by-code", withMistake(func(r r, _ d, to to) {
			if m := r.Header.Get("X-Accel-Mapping"); m != "" {
				to.Header.Set("X-Accel-Redirect", m)
			}
		})},
		{"sends keys raw", "odd-keys", withMistake(func(_ r, d d, to to) { to.Header.Set("X-Accel-Redirect", "/p/"+d.File.Name()) })},
		{"escapes twice for some", "keys-apart", withMistake(func(_ r, d d, to to) {
			to.Header.Set("X-Accel-Redirect", strings.ReplaceAll(escaped(d.File.Name()), "%25", "%"))
		})},
		{"panics", "takes", func(r, d) (to, error) { panic("no") }},
		{"cannot be called by two at once", "parallel", func() optimize {
			var inside atomic.Int64
			return func(r r, d d) (to, error) {
				defer inside.Add(-1)
				if inside.Add(1) > 1 {
					return nil, errBroken
				}
				time.Sleep(time.Millisecond)
				return accel(r, d)
			}
		}()},
	} {
		t.Run(m.clause+"/"+m.name, func(t *testing.T) {
			t.Parallel()
			err := storagetest.TestOptimizer(m.o, fileOf)
			require.Error(t, err, "the mutant survived")
			assert.Contains(t, "\n"+err.Error(), "\n"+m.clause+": ")
		})
	}
}
