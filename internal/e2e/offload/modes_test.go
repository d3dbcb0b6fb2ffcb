package offload_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// mode is a way to offload through a proxy.
type mode struct {
	front, title string
	app          bool // application validators
	optimizer    func(dir string) blobdownload.Optimizer
}

var modes = []mode{
	{"nginx", "nginx, XAccel", false, func(string) blobdownload.Optimizer {
		return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}}
	}},
	{"nginx", "nginx, XAccel, application validators", true, func(string) blobdownload.Optimizer {
		return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_checked/"}}, Validators: blobdownload.AppValidators}
	}},
	{"caddy", "Caddy, XAccel", false, func(string) blobdownload.Optimizer {
		return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}}
	}},
	{"caddy", "Caddy, XAccel, application validators", true, func(string) blobdownload.Optimizer {
		return &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_checked/"}}, Validators: blobdownload.AppValidators}
	}},
	{"apache2", "Apache, XSendfile", true, func(dir string) blobdownload.Optimizer {
		return &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "docs", Location: dir}}, Paths: proxy.RawPaths}
	}},
	{"lighttpd", "lighttpd, XSendfile", true, func(dir string) blobdownload.Optimizer {
		return &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "docs", Location: dir}}, Paths: proxy.EscapedPaths}
	}},
	{"lighttpd", "lighttpd, XSendfile, proxy validators", false, func(dir string) blobdownload.Optimizer {
		return &proxy.XSendfile{Mounts: []proxy.Mount{{Store: "docs", Location: dir}}, Paths: proxy.EscapedPaths, Validators: blobdownload.ProxyValidators}
	}},
}

// equalAlways are the fields that no proxy may change.
var equalAlways = []string{
	"Content-Type", "Content-Disposition", "Cache-Control", "Set-Cookie", "X-Content-Type-Options", "Content-Security-Policy",
	"Cross-Origin-Resource-Policy", "Referrer-Policy",
}

// remote is content whose metadata costs a request, such as that of a cloud bucket that is mounted beside the proxy.
type remote struct{ file *wrapper.File }

func (f remote) Stat(ctx context.Context) (wrapper.Info, error) { return f.file.Stat(ctx) }
func (f remote) Location() wrapper.Location                     { return f.file.Location() }

func (f remote) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	return f.file.Open(ctx, off, n)
}

// site serves downloads with every kind of view.
func site(t *testing.T, dir string, server *blobdownload.Server) http.Handler {
	t.Helper()
	storage, err := blobdownload.OpenStorage(t.Context(), "docs=file://"+dir+"?no_tmp_dir=true")
	require.NoError(t, err)
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = storage.Bucket.Close(); _ = root.Close() })
	name := blobdownload.PathValue("name")
	withFields := func(v blobdownload.View, change func(d *blobdownload.Download)) http.Handler {
		return server.Handler(v.With(func(_ *http.Request, d *blobdownload.Download) error {
			d.Header = http.Header{
				"Set-Cookie": {"a=b; Path=/", "c=d"}, "Cache-Control": {"public, max-age=60"}, "Vary": {"Origin"}, "X-Mine": {"kept"},
			}
			if change != nil {
				change(d)
			}
			return nil
		}))
	}
	mux := http.NewServeMux()
	mux.Handle("/storage/{name...}", withFields(blobdownload.StorageView(storage, name), nil))
	mux.Handle("/cloud/{name...}", withFields(blobdownload.StorageView(storage, name), func(d *blobdownload.Download) {
		d.File = wrapper.New(d.File.Name(), remote{d.File}).WithStore("docs")
	}))
	mux.Handle("/named/{name...}", withFields(blobdownload.StorageView(storage, name).
		Named(func(*http.Request) string { return "Añother näme;.pdf" }).As("application/pdf").Inline(), nil))
	mux.Handle("/plain/{name...}", server.Handler(blobdownload.StorageView(storage, name)))
	mux.Handle("/path/{name...}", withFields(blobdownload.PathView(root, name), func(d *blobdownload.Download) { d.File = d.File.WithStore("docs") }))
	mux.Handle("/object/{name...}", withFields(blobdownload.ObjectView(
		func(r *http.Request) (wrapper.Info, error) { return storage.File(name(r)).Stat(r.Context()) },
		func(info wrapper.Info) (*blobdownload.Download, error) {
			info.ContentType = "text/markdown"
			return &blobdownload.Download{File: storage.File("in/a b é.txt").WithInfo(info)}, nil
		}), nil))
	mux.Handle("/virtual/{name...}", withFields(blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) {
		return wrapper.Bytes("generated.txt", []byte("generated, and so streamed")), nil
	}), nil))
	return mux
}
