package blobdownload

import (
	"errors"
	"io/fs"
	"net/http"
	"slices"

	"github.com/go-downloadview/downloadview/internal/mediatype"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Variant is a file with the download's content under a content coding. It has its own validators and ranges.
// Both fields are required.
type Variant struct {
	Coding string // its name in Accept-Encoding: "br", "zstd", "gzip"
	File   *wrapper.File
}

// suffixes maps codings to the suffix of a variant's key.
var suffixes = map[string]string{"br": ".br", "zstd": ".zst", "gzip": ".gz"}

func (s *Storage) variantsOf(key string) []Variant {
	var all []Variant
	for _, c := range s.Variants(key) {
		if suffix, ok := suffixes[c]; ok {
			all = append(all, Variant{Coding: c, File: s.File(key + suffix)})
		}
	}
	return all
}

// preferred returns the variants that the client prefers to the content itself, the best first.
func (a *acceptance) preferred(all []Variant) (best []Variant) {
	if a.absent {
		return nil
	}
	plain := a.weight(identity)
	for _, v := range all {
		if w := a.weight(v.Coding); w > 0 && w >= plain {
			best = append(best, v)
		}
	}
	slices.SortStableFunc(best, func(v, w Variant) int { return a.weight(w.Coding) - a.weight(v.Coding) })
	return best
}

// fetchVariant fetches the first variant that the client prefers and that exists. It returns nil if none does. S3 without
// the permission to list reports a missing object as forbidden.
func (t *transfer) fetchVariant() (*wrapper.Response, error) {
	t.negotiated = true
	accepted := acceptanceOf(t.r.Header)
	for _, v := range accepted.preferred(t.d.Variants) {
		if v.File == nil {
			return nil, misuse("Download.Variants: the File of %q is nil", v.Coding)
		}
		resp, err := v.File.Fetch(t.ctx, wrapper.RequestOf(t.r))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			continue
		}
		if err == nil {
			t.d = t.d.asVariant(v, resp.Info.ContentType)
		}
		return resp, err
	}
	return nil, nil //nolint:nilnil // there is no variant
}

// asVariant returns the download of a variant, with the filename and media type of the content itself.
func (d *Download) asVariant(v Variant, stored string) *Download {
	c := *d
	o := d.offer("")
	c.File, c.Filename = v.File, o.name
	c.Header = d.Header.Clone()
	if c.Header == nil {
		c.Header = http.Header{}
	}
	c.Header.Set("Content-Encoding", v.Coding)
	if c.ContentType == "" && archiveTypes[mediatype.Clean(stored)] {
		c.ContentType = o.contentType
	}
	return &c
}

// archiveTypes are the media types that a storage derives from the suffix of a variant's key.
var archiveTypes = map[string]bool{
	"application/gzip": true, "application/x-gzip": true, "application/zstd": true,
	"application/brotli": true, "application/x-brotli": true,
}

// withoutVariants returns the download as a proxy would send it.
func (d *Download) withoutVariants() *Download {
	c := *d
	c.Variants = nil
	return &c
}
