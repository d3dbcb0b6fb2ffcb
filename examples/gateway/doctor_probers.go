package main

import (
	"net/http"
	"slices"
	"strings"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/proxy/probe"
	"github.com/go-downloadview/downloadview/wrapper"
)

// probeMode is how a download of a mode is sent.
var probeMode = map[string]probe.Mode{
	"xaccel": probe.Offload, "xsendfile": probe.Offload, "xaccel-presigned": probe.Offload,
	"presign": probe.Redirect, "cdn": probe.Redirect,
}

// servedPart restricts storages to the keys that the gateway serves, so that the paths of the gateway are their keys.
func (o *options) servedPart(storages blobdownload.Storages) blobdownload.Storages {
	for i, b := range o.bucketConfigs() {
		if b.Prefix != "" {
			part := blob.PrefixedBucket(storages[i].Bucket.Bucket, b.Prefix)
			storages[i] = &blobdownload.Storage{Name: b.Name, Bucket: wrapper.NewBucket(part)}
		}
	}
	return storages
}

// probers returns one for each mount of each mode. A mode without mounts has one for each bucket.
func (o *options) probers(storages blobdownload.Storages, app, edge string) (all []*probe.Prober) {
	used := o.offload.modes
	if len(used) == 0 {
		used = []string{"stream"}
	}
	for _, element := range used {
		at, mode := splitMode(element)
		store, prefix, _ := strings.Cut(at, "/")
		mounts := o.offload.mounts(store, mode, nil)
		if len(mounts) == 0 {
			for _, name := range o.names() {
				if store == "" || store == name {
					mounts = append(mounts, proxy.Mount{Store: name, Prefix: prefix})
				}
			}
		}
		for _, m := range mounts {
			all = append(all, o.prober(storages.Get(m.Store), m, mode, app, edge))
		}
	}
	return all
}

func (o *options) prober(s *blobdownload.Storage, m proxy.Mount, mode, app, edge string) *probe.Prober {
	p := &probe.Prober{Storage: s, Prefix: m.Prefix, PublicURL: edge + "/f/" + s.Name + "/", Mode: probeMode[mode]}
	if app != "" {
		p.AppURL = app + "/f/" + s.Name + "/"
	}
	if slices.Contains([]string{"xaccel", "xaccel-presigned"}, mode) && m.Location != "" {
		p.Locations = []string{m.Location}
	}
	if name, value, ok := strings.Cut(o.offload.proof, "="); ok {
		p.Header = http.Header{name: {value}}
	}
	if o.offload.app || mode == "xsendfile" { // as the optimizer does
		p.Validators = blobdownload.AppValidators
	}
	return p
}
