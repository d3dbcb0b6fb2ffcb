package blobdownload

import (
	"io/fs"
	"net/http"
)

// GrantView serves the requested object of the request's grant, from one of the given storages. A request that has not
// passed [Signer.RequireGrant] is rejected with 403. A missing object of the grant is a 404. Two storages of one name are an
// error of every request.
//
// A download by a cookie, or by a grant for one client, is private. No cache uses a download after the grant's expiry. No
// policy of the view changes that.
func GrantView(storages ...*Storage) View {
	ambiguous := Storages(storages).checkNames()
	return func(r *http.Request) (*Download, error) {
		if ambiguous != nil {
			return nil, ambiguous
		}
		g := grantedTo(r)
		if g == nil {
			return nil, fs.ErrPermission
		}
		s := Storages(storages).Get(g.grant.Store)
		if s == nil {
			return nil, fs.ErrPermission
		}
		d := &Download{
			File:    s.File(g.key),
			private: g.cookie || g.grant.Client != "",
			expires: g.grant.Expires,
		}
		if s.Signer != nil { // its links are no grants
			d.File = d.File.WithSigner(nil)
		}
		if s.Variants != nil {
			d.Variants = s.variantsOf(g.key)
		}
		return d, nil
	}
}
