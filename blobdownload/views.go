package blobdownload

import (
	"net/http"

	"github.com/go-downloadview/downloadview/wrapper"
)

// ObjectView serves the file of an application's record: lookup finds the record, file returns its download.
// Either may return fs.ErrNotExist.
func ObjectView[T any](lookup func(r *http.Request) (T, error), file func(record T) (*Download, error)) View {
	return func(r *http.Request) (*Download, error) {
		record, err := lookup(r)
		if err != nil {
			return nil, err
		}
		return file(record)
	}
}

// StorageView serves the object of a storage under the request's key.
func StorageView(s *Storage, key func(r *http.Request) string) View {
	return func(r *http.Request) (*Download, error) {
		k := key(r)
		return &Download{File: s.File(k), Variants: s.variantsOf(k)}, nil
	}
}

// HTTPView serves the resource at a URL. [wrapper.URL] documents which request fields reach the upstream.
// nil means a guarded client; any other may connect to every address, so validate targets that
// come from a request.
func HTTPView(c *http.Client, target func(r *http.Request) (string, error)) View {
	return func(r *http.Request) (*Download, error) {
		u, err := target(r)
		if err != nil {
			return nil, err
		}
		return &Download{File: wrapper.URL(c, u)}, nil
	}
}

// VirtualView serves any file, such as the generated content of [wrapper.Bytes], [wrapper.Func] and
// [wrapper.Seq].
func VirtualView(file func(r *http.Request) (*wrapper.File, error)) View {
	return func(r *http.Request) (*Download, error) {
		f, err := file(r)
		if err != nil {
			return nil, err
		}
		return &Download{File: f}, nil
	}
}

// PathValue returns a function for the value of a wildcard in the http.ServeMux pattern, decoded once.
func PathValue(wildcard string) func(r *http.Request) string {
	return func(r *http.Request) string { return r.PathValue(wildcard) }
}
