package site

import (
	"context"
	"net/http"
	"net/url"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// offload is a path below which files are handed over.
type offload struct {
	path      string
	optimizer blobdownload.Optimizer
	view      blobdownload.View
}

// offloads hand over what exists, so the application is the one who looks and decides conditions. What
// does not exist is left to the server, which says so.
func (s *Site) offloads() []offload {
	mounts := func(at string) []proxy.Mount {
		return []proxy.Mount{{Store: s.storage.Name, Location: at, Keys: proxy.FileBlobKeys}}
	}
	return []offload{
		{"/offload/xaccel/", &proxy.XAccel{Mounts: mounts("/_protected/"), Validators: blobdownload.AppValidators}, s.file},
		{"/offload/xsendfile/", &proxy.XSendfile{Mounts: mounts(s.root), Paths: proxy.RawPaths}, s.file},
		{"/offload/redirect/", &proxy.Presign{Hosts: []string{publicHost}, Validators: blobdownload.AppValidators}, s.signed},
	}
}

// publicHost is that of the store that clients are sent to. Nobody follows.
const publicHost = "files.example"

// signed is the view of a fixture as a store with public URLs has it.
func (s *Site) signed(r *http.Request) (*blobdownload.Download, error) {
	d, err := s.file(r)
	if err == nil {
		d.File = d.File.WithSigner(publicStore(d.File.Location().Key))
	}
	return d, err
}

// publicStore makes URLs for a key as a vendor's SDK would, the overrides in their queries.
type publicStore string

func (key publicStore) SignedURL(_ context.Context, o wrapper.SignOptions) (string, error) {
	u := url.URL{Scheme: "https", Host: publicHost, Path: "/" + string(key), RawQuery: url.Values{
		"response-content-disposition": {o.ContentDisposition},
		"response-content-type":        {o.ContentType},
		"response-cache-control":       {o.CacheControl},
	}.Encode()}
	return u.String(), nil
}
