package blobdownload

import (
	"errors"
	"net/http"
)

// View returns the download for a request. It opens nothing. [Status] maps its error to a status:
// fs.ErrNotExist to 404, fs.ErrPermission to 403, and so on.
//
// To customize a view, wrap it: each method returns another View, as may your own functions.
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
		c.Header = d.Header.Clone()
		if err := change(r, &c); err != nil {
			return nil, err
		}
		return &c, nil
	}
}

var errNoFile = errors.New("the view returned no file")

// Named returns a view that sets Download.Filename.
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

// As returns a view that sets Download.ContentType.
func (v View) As(contentType string) View {
	return v.With(func(_ *http.Request, d *Download) error {
		d.ContentType = contentType
		return nil
	})
}
