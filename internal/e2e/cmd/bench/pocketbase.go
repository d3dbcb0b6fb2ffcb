package main

import (
	"context"
	"net/http"

	"github.com/pocketbase/pocketbase/tools/filesystem"
)

// pocketBase returns a handler of PocketBase's file system, which is a package of its own. It adds no entity-tag and no
// Cache-Control to a local file.
func pocketBase(open func(s storage) (*filesystem.System, error)) func(context.Context, storage) (http.Handler, error) {
	return func(_ context.Context, s storage) (http.Handler, error) {
		fsys, err := open(s)
		return named(func(w http.ResponseWriter, r *http.Request, name string) {
			if err := fsys.Serve(w, r, name, name); err != nil {
				w.WriteHeader(http.StatusBadGateway)
			}
		}), err
	}
}

func pocketBaseLocal(s storage) (*filesystem.System, error) { return filesystem.NewLocal(s.dir) }

func pocketBaseS3(s storage) (*filesystem.System, error) {
	return filesystem.NewS3(s.bucket, "us-east-1", s.endpoint, accessKey, secretKey, true)
}
