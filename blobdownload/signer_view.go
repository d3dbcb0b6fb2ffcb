package blobdownload

import (
	"io/fs"
	"net/http"
)

// LinkView serves the object of the request's link, from one of the given storages. A request that has not passed
// [Signer.Require] is rejected with 403. To revoke links, wrap the view with Authorized and check [LinkOf]
// there. Two storages of one name are an error of every request.
//
// No cache stores the download of a link for one use or for several downloads. No shared cache stores that of a link for one
// client. No cache uses a download after the link's expiry. No policy of the view changes that.
func LinkView(storages ...*Storage) View {
	ambiguous := Storages(storages).checkNames()
	return func(r *http.Request) (*Download, error) {
		if ambiguous != nil {
			return nil, ambiguous
		}
		l := LinkOf(r)
		if l == nil {
			return nil, fs.ErrPermission
		}
		s := Storages(storages).Get(l.Store)
		if s == nil {
			return nil, fs.ErrNotExist
		}
		f := s.File(l.Key)
		if s.Signer != nil { // its links lead here
			f = f.WithSigner(nil)
		}
		d := &Download{
			File:        f.WithVersion(l.Version),
			Filename:    l.Filename,
			Inline:      l.Inline,
			ContentType: l.ContentType,
			private:     l.Client != "",
			noStore:     l.counted(),
			expires:     l.Expires,
		}
		if l.CacheControl != "" {
			d.Header = http.Header{"Cache-Control": {l.CacheControl}}
		}
		return d, nil
	}
}
