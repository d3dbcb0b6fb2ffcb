package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// object is a file of the directory, and an object of the store.
type object struct {
	name string
	size int
}

var objects = []object{
	{"1KiB", 1 << 10}, {"4KiB", 4 << 10}, {"64KiB", 64 << 10}, {"1MiB", 1 << 20}, {"10MiB", 10 << 20}, {"256MiB", 256 << 20},
}

func (o object) content() []byte {
	b := make([]byte, o.size)
	_, _ = rand.NewChaCha8([32]byte{byte(o.size >> 10)}).Read(b)
	return b
}

// writeContent writes all objects to a directory, with a time that distinguishes versions.
func writeContent(dir string, quick bool) error {
	hourAgo := time.Now().Add(-time.Hour)
	for _, o := range objects {
		if quick && o.size > 10<<20 {
			continue
		}
		name := filepath.Join(dir, o.name)
		if err := os.WriteFile(name, o.content(), 0o600); err != nil {
			return err
		}
		if err := os.Chtimes(name, hourAgo, hourAgo); err != nil {
			return err
		}
	}
	return nil
}

// storeHandler answers as S3 does, without checking signatures, from a directory.
func storeHandler(dir string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/"+bucketName+"/{key...}", func(w http.ResponseWriter, r *http.Request) {
		f, err := os.Open(filepath.Join(dir, filepath.Base(r.PathValue("key"))))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer f.Close()
		fi, err := f.Stat()
		if err != nil {
			http.Error(w, "", http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Etag", fmt.Sprintf("%q", fmt.Sprintf("%032x-2", fi.Size())))
		h.Set("Content-Type", "application/octet-stream")
		h.Set("X-Amz-Request-Id", "bench")
		http.ServeContent(w, r, "", fi.ModTime(), f)
	})
	return mux
}

const bucketName = "bench"
