package blobdownload

import (
	"net/http"

	"github.com/go-downloadview/downloadview/wrapper"
)

// ObjectView serves the file of a record of the application's: lookup finds the record, file says what to
// send for it. Both may fail with fs.ErrNotExist.
func ObjectView[T any](lookup func(r *http.Request) (T, error), file func(record T) (*Download, error)) View {
	return func(r *http.Request) (*Download, error) {
		record, err := lookup(r)
		if err != nil {
			return nil, err
		}
		return file(record)
	}
}

// StorageView serves the object of a storage under the key that a request asks for.
func StorageView(s *Storage, key func(r *http.Request) string) View {
	return func(r *http.Request) (*Download, error) {
		k := key(r)
		return &Download{File: s.File(k), Variants: s.variantsOf(k)}, nil
	}
}

// HTTPView serves the resource at a URL; see [wrapper.URL] for what of a request reaches it. The client
// decides which addresses may be connected to: never let a target come from a request unchecked.
func HTTPView(c *http.Client, target func(r *http.Request) (string, error)) View {
	return func(r *http.Request) (*Download, error) {
		u, err := target(r)
		if err != nil {
			return nil, err
		}
		return &Download{File: wrapper.URL(c, u)}, nil
	}
}

// VirtualView serves content that the application makes: [wrapper.Bytes], [wrapper.Func], [wrapper.Seq], or
// any other file.
func VirtualView(file func(r *http.Request) (*wrapper.File, error)) View {
	return func(r *http.Request) (*Download, error) {
		f, err := file(r)
		if err != nil {
			return nil, err
		}
		return &Download{File: f}, nil
	}
}

// PathValue returns the wildcard of a http.ServeMux pattern that a request matched, decoded once.
func PathValue(wildcard string) func(r *http.Request) string {
	return func(r *http.Request) string { return r.PathValue(wildcard) }
}
