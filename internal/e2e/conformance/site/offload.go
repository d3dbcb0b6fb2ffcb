package site

import (
	"context"
	"net/http"
	"net/url"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// offload is a path prefix whose files are offloaded.
type offload struct {
	path      string
	optimizer blobdownload.Optimizer
	view      blobdownload.View
}

// offloads returns the offloaded prefixes. The application looks up each file and evaluates preconditions. A
// missing file is a 404 of the Server.
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

// publicHost is the host of the redirects. No test follows them.
const publicHost = "files.example"

// signed is the view of a fixture in a storage with public URLs.
func (s *Site) signed(r *http.Request) (*blobdownload.Download, error) {
	d, err := s.file(r)
	if err == nil {
		d.File = d.File.WithSigner(publicStore(d.File.Location().Key))
	}
	return d, err
}

// publicStore is a key whose URLs have the response overrides in the query, as those of a vendor's SDK.
type publicStore string

func (key publicStore) SignedURL(_ context.Context, o wrapper.SignOptions) (string, error) {
	u := url.URL{Scheme: "https", Host: publicHost, Path: "/" + string(key), RawQuery: url.Values{
		"response-content-disposition": {o.ContentDisposition},
		"response-content-type":        {o.ContentType},
		"response-cache-control":       {o.CacheControl},
	}.Encode()}
	return u.String(), nil
}
