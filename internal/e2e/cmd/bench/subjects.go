package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
	_ "github.com/go-downloadview/downloadview/wrapper/s3"
)

// storage is where a subject reads content: a directory, and a store with the same objects.
type storage struct {
	dir      string
	endpoint string
	bucket   string
}

// subjects are the servers, by name. Each serves an object at its name.
var subjects = map[string]func(ctx context.Context, s storage) (http.Handler, error){
	"empty handler": func(context.Context, storage) (http.Handler, error) {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), nil
	},
	"http.ServeFile": func(_ context.Context, s storage) (http.Handler, error) {
		return named(func(w http.ResponseWriter, r *http.Request, name string) { http.ServeFile(w, r, s.dir+"/"+name) }), nil
	},
	"http.FileServerFS": func(_ context.Context, s storage) (http.Handler, error) {
		return http.FileServerFS(os.DirFS(s.dir)), nil
	},
	"ServeContent, fileblob": func(_ context.Context, s storage) (http.Handler, error) {
		b, err := fileblob.OpenBucket(s.dir, nil)
		return serveContent(b), err
	},
	"ServeContent, memblob": func(ctx context.Context, s storage) (http.Handler, error) {
		b, err := memory(ctx, s)
		return serveContent(b), err
	},
	"ServeContent, s3blob": func(ctx context.Context, s storage) (http.Handler, error) {
		b, err := blob.OpenBucket(ctx, s.url())
		return serveContent(b), err
	},
	"archive.Zip":         archived,
	"one after the other": oneAfterTheOther,
	"GetObject, 32 KiB":   getObject(32 << 10),
	"GetObject, 256 KiB":  getObject(256 << 10),
	"net/http, unsigned":  unsigned,
	"PocketBase, file":    pocketBase(pocketBaseLocal),
	"PocketBase, S3":      pocketBase(pocketBaseS3),
	"wrapper.FS": func(_ context.Context, s storage) (http.Handler, error) {
		fsys := os.DirFS(s.dir)
		return quiet(nil).Handler(func(r *http.Request) (*blobdownload.Download, error) {
			return &blobdownload.Download{File: wrapper.FS(fsys, r.PathValue("name"))}, nil
		}), nil
	},
	"PathView": func(_ context.Context, s storage) (http.Handler, error) {
		root, err := os.OpenRoot(s.dir)
		if err != nil {
			return nil, err
		}
		return quiet(nil).Handler(blobdownload.PathView(root, blobdownload.PathValue("name"))), nil
	},
	"file://": func(ctx context.Context, s storage) (http.Handler, error) {
		return storageHandler(ctx, "file://"+s.dir+"?no_tmp_dir=true", nil)
	},
	"s3://": func(ctx context.Context, s storage) (http.Handler, error) { return storageHandler(ctx, s.url(), nil) },
	"mem://": func(ctx context.Context, s storage) (http.Handler, error) {
		b, err := memory(ctx, s)
		st := &blobdownload.Storage{Name: "mem", Bucket: wrapper.NewBucket(b)}
		return quiet(nil).Handler(blobdownload.StorageView(st, blobdownload.PathValue("name"))), err
	},
	"redirect, s3://": func(ctx context.Context, s storage) (http.Handler, error) {
		return storageHandler(ctx, s.url(), &proxy.Presign{AllowHTTP: true})
	},
	"X-Accel, s3://": func(ctx context.Context, s storage) (http.Handler, error) {
		return storageHandler(ctx, s.url(), accel())
	},
	"X-Accel, file://": func(ctx context.Context, s storage) (http.Handler, error) {
		return storageHandler(ctx, "file://"+s.dir+"?no_tmp_dir=true", accel())
	},
	"X-Accel by hand": func(context.Context, storage) (http.Handler, error) {
		return named(func(w http.ResponseWriter, _ *http.Request, name string) {
			w.Header().Set("X-Accel-Redirect", "/_files/"+name)
			w.Header().Set("Content-Type", "application/octet-stream")
		}), nil
	},
}

func accel() *proxy.XAccel {
	return &proxy.XAccel{Mounts: []proxy.Mount{{Store: blobdownload.DefaultStorage, Location: "/_files/"}}}
}

func (s storage) url() string {
	validation := "when_required"
	if s.checksums() {
		validation = "when_supported"
	}
	return "s3://" + s.bucket + "?region=us-east-1&use_path_style=true&response_checksum_validation=" + validation +
		"&endpoint=" + s.endpoint
}

// checksums reports whether the store has checksums, which are then verified.
func (s storage) checksums() bool { return s.bucket == crc32Bucket || s.bucket == crc64Bucket }

func quiet(o blobdownload.Optimizer) *blobdownload.Server {
	return &blobdownload.Server{Logger: slog.New(slog.DiscardHandler), Optimizer: o}
}

func storageHandler(ctx context.Context, url string, o blobdownload.Optimizer) (http.Handler, error) {
	s, err := blobdownload.OpenStorage(ctx, url)
	if err != nil {
		return nil, err
	}
	return quiet(o).Handler(blobdownload.StorageView(s, blobdownload.PathValue("name"))), nil
}

func named(serve func(w http.ResponseWriter, r *http.Request, name string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(w, r, r.PathValue("name")) })
}

// memory returns a bucket in memory with the objects of the directory, except large ones.
func memory(ctx context.Context, s storage) (*blob.Bucket, error) {
	b, err := blob.OpenBucket(ctx, "mem://")
	if err != nil {
		return nil, err
	}
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if fi, err := f.Info(); err != nil || fi.Size() > 10<<20 {
			continue
		}
		content, err := os.ReadFile(s.dir + "/" + f.Name())
		if err != nil {
			return nil, err
		}
		if err := b.WriteAll(ctx, f.Name(), content, nil); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func serveContent(b *blob.Bucket) http.Handler {
	return named(func(w http.ResponseWriter, r *http.Request, name string) {
		reader, err := b.NewReader(r.Context(), name, nil)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer reader.Close()
		w.Header().Set("Content-Type", reader.ContentType())
		http.ServeContent(w, r, "", reader.ModTime(), reader)
	})
}

// Credentials that the store does not check.
const (
	accessKey = "AKIAIOSFODNN7EXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)
