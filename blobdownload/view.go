package blobdownload

import (
	"errors"
	"net/http"
)

// View says what to serve for a request, or why nothing can be. It opens nothing. Its error decides the
// status by [Status]: fs.ErrNotExist is 404, fs.ErrPermission 403, and so on.
//
// Customising a view is wrapping it: the methods return another View, and a function from View to View
// of your own does as well.
type View func(r *http.Request) (*Download, error)

// With returns the view with its downloads passed through change.
func (v View) With(change func(r *http.Request, d *Download) error) View {
	return func(r *http.Request) (*Download, error) {
		d, err := v(r)
		if err != nil {
			return nil, err
		}
		if d == nil || d.File == nil {
			return nil, errNoFile
		}
		c := *d
		c.Header = d.Header.Clone()
		if err := change(r, &c); err != nil {
			return nil, err
		}
		return &c, nil
	}
}

var errNoFile = errors.New("the view returned no file")

// Named returns the view with another name offered to the client.
func (v View) Named(name func(r *http.Request) string) View {
	return v.With(func(r *http.Request, d *Download) error {
		d.Filename = name(r)
		return nil
	})
}

// Inline returns the view with content shown rather than saved, where its type allows it.
func (v View) Inline() View {
	return v.With(func(_ *http.Request, d *Download) error {
		d.Inline = true
		return nil
	})
}

// Attachment returns the view with content saved rather than shown.
func (v View) Attachment() View {
	return v.With(func(_ *http.Request, d *Download) error {
		d.Inline = false
		return nil
	})
}

// As returns the view with one content type for every download.
func (v View) As(contentType string) View {
	return v.With(func(_ *http.Request, d *Download) error {
		d.ContentType = contentType
		return nil
	})
}
