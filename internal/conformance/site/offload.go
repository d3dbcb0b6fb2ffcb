package site

import (
	"net/http"
	"net/url"
	"path"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// offload is a path below which files are handed over.
type offload struct {
	path      string
	optimizer blobdownload.Optimizer
}

func (s *Site) offloads() []offload {
	return []offload{
		{"/offload/xaccel/", handOver(func(key string) *blobdownload.Redirect {
			return &blobdownload.Redirect{Header: http.Header{"X-Accel-Redirect": {"/_protected/" + url.PathEscape(key)}}}
		})},
		{"/offload/xsendfile/", handOver(func(key string) *blobdownload.Redirect {
			return &blobdownload.Redirect{Header: http.Header{"X-Sendfile": {path.Join(s.root, key)}}}
		})},
		{"/offload/redirect/", handOver(func(key string) *blobdownload.Redirect {
			to := &url.URL{Scheme: "https", Host: "files.example", Path: "/" + key}
			return &blobdownload.Redirect{Status: http.StatusFound, Header: http.Header{"Location": {to.String()}}}
		})},
	}
}

// handOver hands over what exists. What does not is left to the server, which says so.
func handOver(to func(key string) *blobdownload.Redirect) blobdownload.Optimizer {
	return blobdownload.OptimizerFunc(func(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
		if _, err := d.File.Stat(r.Context()); err != nil {
			return nil, err
		}
		return to(d.File.Location().Key), nil
	})
}
