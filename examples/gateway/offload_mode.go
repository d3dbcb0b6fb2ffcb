package main

import (
	"errors"
	"log/slog"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// mounts returns the mounts of a bucket, or of all for "", that a mode can use: URLs are for a CDN, paths for the others.
func (o *offload) mounts(bucket, mode string, buckets []bucketConfig) (all []proxy.Mount) {
	for _, place := range o.places {
		at, location, _ := strings.Cut(place, "=")
		store, prefix, _ := strings.Cut(at, "/")
		if bucket != "" && store != bucket || strings.Contains(location, "://") != (mode == "cdn") {
			continue
		}
		all = append(all, proxy.Mount{Store: store, Prefix: keyPrefix(buckets, store) + prefix, Location: location})
	}
	return all
}

// make returns the optimizer of a mode, nil for streaming.
func (o *offload) make(mode string, mounts []proxy.Mount, logger *slog.Logger) (blobdownload.Optimizer, error) {
	validators := blobdownload.Validators(0)
	if o.app {
		validators = blobdownload.AppValidators
	}
	switch mode {
	case "xaccel":
		return &proxy.XAccel{Mounts: mounts, Validators: validators}, nil
	case "xsendfile":
		form := map[string]proxy.PathForm{"plain": proxy.PlainPaths, "raw": proxy.RawPaths, "escaped": proxy.EscapedPaths}[o.paths]
		return &proxy.XSendfile{Mounts: mounts, Validators: validators, Paths: form}, nil
	case "presign":
		return &proxy.Presign{AllowHTTP: o.allowHTTP, Validators: validators, Logger: logger, RequestIDs: o.ids}, nil
	case "xaccel-presigned":
		return o.presignedByProxy(mounts, validators, logger)
	case "cdn":
		signer, err := o.cdn.signer()
		return &proxy.CDN{Mounts: mounts, Signer: signer, RequestIDs: o.ids}, err
	default:
		return nil, nil //nolint:nilnil // stream
	}
}

// presignedByProxy returns an optimizer for each mount's location.
func (o *offload) presignedByProxy(mounts []proxy.Mount, validators blobdownload.Validators,
	logger *slog.Logger) (blobdownload.Optimizer, error) {
	var all []blobdownload.Optimizer
	for _, m := range mounts {
		x := &proxy.XAccelPresigned{Location: m.Location, AllowHTTP: o.allowHTTP, Validators: validators, Logger: logger}
		only := []proxy.Rule{proxy.InStore(m.Store)}
		if m.Prefix != "" {
			only = append(only, proxy.UnderPrefix(m.Prefix))
		}
		all = append(all, proxy.When(x, only...))
	}
	if len(all) == 0 {
		return nil, errors.New("mount: not set; optimize xaccel-presigned requires one such as default=/_url")
	}
	return proxy.First(all...), nil
}
