package blobdownload

import (
	"errors"
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/wrapper"
)

// View returns the download for a request. It opens nothing. [Status] maps its error to a status:
// fs.ErrNotExist to 404, fs.ErrPermission to 403, and so on.
//
// To customize a view, wrap it: each method returns another View, as may your own functions. A nil function as an
// argument is a 500 for every request; the log names the argument.
type View func(r *http.Request) (*Download, error)

// With returns a view that calls change on a copy of each download. An error of change replaces the download.
func (v View) With(change func(r *http.Request, d *Download) error) View {
	switch {
	case v == nil:
		return misusedView("View.With: the view is nil")
	case change == nil:
		return misusedView("View.With: change is nil")
	}
	return func(r *http.Request) (*Download, error) {
		d, err := v(r)
		if err != nil {
			return nil, err
		}
		if d == nil || d.File == nil {
			return nil, errNoFile
		}
		c := *d
		c.Header = fields.Canonical(d.Header).Clone()
		if err := change(r, &c); err != nil {
			return nil, err
		}
		return &c, nil
	}
}

var errNoFile = errors.New("the view returned no file")

// Named returns a view that sets Download.Filename. A name of "" is the default one.
func (v View) Named(name func(r *http.Request) string) View {
	if name == nil {
		return misusedView("View.Named: name is nil")
	}
	return v.With(func(r *http.Request, d *Download) error {
		d.Filename = name(r)
		return nil
	})
}

// Inline returns a view that sets Download.Inline: content of a safe media type is shown.
func (v View) Inline() View {
	return v.With(func(_ *http.Request, d *Download) error {
		d.Inline = true
		return nil
	})
}

// Attachment returns a view that resets Download.Inline: content is saved.
func (v View) Attachment() View {
	return v.With(func(_ *http.Request, d *Download) error {
		d.Inline = false
		return nil
	})
}

// As returns a view that sets Download.ContentType. "" is the stored media type, or that of the name.
func (v View) As(contentType string) View {
	return v.With(func(_ *http.Request, d *Download) error {
		d.ContentType = contentType
		return nil
	})
}

// ObjectView serves the file of an application's record: lookup finds the record, file returns its download.
// Either may return fs.ErrNotExist. If lookup checks permissions, use [AuthorizedObjectView]: a response of ObjectView may
// be stored by a shared cache, if its cache policy allows that.
func ObjectView[T any](lookup func(r *http.Request) (T, error), file func(record T) (*Download, error)) View {
	switch {
	case lookup == nil:
		return misusedView("ObjectView: lookup is nil")
	case file == nil:
		return misusedView("ObjectView: file is nil")
	}
	return func(r *http.Request) (*Download, error) {
		record, err := lookup(r)
		if err != nil {
			return nil, err
		}
		return file(record)
	}
}

// StorageView serves the object of a storage under the request's key. A key that Storage.Keys rejects is a 404 without a
// request to the storage.
func StorageView(s *Storage, key func(r *http.Request) string) View {
	switch {
	case s == nil:
		return misusedView("StorageView: the storage is nil")
	case key == nil:
		return misusedView("StorageView: key is nil")
	}
	return func(r *http.Request) (*Download, error) {
		k := key(r)
		d := &Download{File: s.File(k)}
		if s.Variants != nil {
			d.Variants = s.variantsOf(k)
		}
		return d, nil
	}
}

// HTTPView serves the resource at a URL. [wrapper.URL] documents which request fields reach the upstream.
// nil means a guarded client; any other may connect to every address, so validate targets that
// come from a request. An error of target replaces the download.
func HTTPView(c *http.Client, target func(r *http.Request) (string, error)) View {
	if target == nil {
		return misusedView("HTTPView: target is nil")
	}
	return func(r *http.Request) (*Download, error) {
		u, err := target(r)
		if err != nil {
			return nil, err
		}
		return &Download{File: wrapper.URL(c, u)}, nil
	}
}

// VirtualView serves any file, such as the generated content of [wrapper.Bytes], [wrapper.Func] and
// [wrapper.Seq]. file makes it for each request and must not generate the content itself: a HEAD or a 304 needs none.
func VirtualView(file func(r *http.Request) (*wrapper.File, error)) View {
	if file == nil {
		return misusedView("VirtualView: file is nil")
	}
	return func(r *http.Request) (*Download, error) {
		f, err := file(r)
		if err != nil {
			return nil, err
		}
		return &Download{File: f}, nil
	}
}

// PathValue returns a function for the value of a wildcard in the http.ServeMux pattern, decoded once. If the pattern has no
// such wildcard, [Server.Handler] responds with 500, and the log names both.
func PathValue(wildcard string) func(r *http.Request) string {
	return func(r *http.Request) string {
		value := r.PathValue(wildcard)
		if value == "" && r.Pattern != "" && !hasWildcard(r.Pattern, wildcard) {
			r.SetPathValue(missingWildcard, wildcard)
		}
		return value
	}
}

func hasWildcard(pattern, name string) bool {
	return strings.Contains(pattern, "{"+name+"}") || strings.Contains(pattern, "{"+name+"...}")
}

func errMissingWildcard(r *http.Request, name string) error {
	return misuse("PathValue(%q): the pattern %q has no wildcard of this name", name, r.Pattern)
}

// missingWildcard is the path value with the wildcard that PathValue did not find. No pattern has this name.
const missingWildcard = "blobdownload: missing wildcard"
