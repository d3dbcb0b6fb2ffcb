package blobdownload

import (
	"errors"
	"io/fs"
	"net/http"
	"slices"

	"github.com/go-downloadview/downloadview/internal/mediatype"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Variant is content stored under a content coding, with validators and ranges of its own.
type Variant struct {
	Coding string // as Accept-Encoding has it: "br", "zstd", "gzip"
	File   *wrapper.File
}

// suffixes are what follows the key of an object in that of its variant.
var suffixes = map[string]string{"br": ".br", "zstd": ".zst", "gzip": ".gz"}

func (s *Storage) variantsOf(key string) []Variant {
	if s.Variants == nil {
		return nil
	}
	var all []Variant
	for _, c := range s.Variants(key) {
		if suffix, ok := suffixes[c]; ok {
			all = append(all, Variant{Coding: c, File: s.File(key + suffix)})
		}
	}
	return all
}

// candidates returns the variants that a client prefers to the content itself, the best first, and whether
// it would take the content itself as well.
func (a *acceptance) candidates(all []Variant) (liked []Variant, plainToo bool) {
	plain := a.weight(identity)
	if !a.absent {
		for _, v := range all {
			if w := a.weight(v.Coding); w > 0 && w >= plain {
				liked = append(liked, v)
			}
		}
		slices.SortStableFunc(liked, func(v, w Variant) int { return a.weight(w.Coding) - a.weight(v.Coding) })
	}
	return liked, plain > 0
}

// fetchVariant fetches the best variant there is, or nothing.
func (t *transfer) fetchVariant(liked []Variant) (*wrapper.Response, error) {
	for _, v := range liked {
		resp, err := v.File.Fetch(t.ctx, wrapper.RequestOf(t.r))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			t.d = t.d.asVariant(v, resp.Info.ContentType)
		}
		return resp, err
	}
	return nil, nil //nolint:nilnil // there is no variant
}

// as returns the download of a variant, which is offered under the name and the type of the content itself.
func (d *Download) asVariant(v Variant, stored string) *Download {
	c := *d
	c.File, c.Filename = v.File, d.filename()
	c.Header = d.Header.Clone()
	if c.Header == nil {
		c.Header = http.Header{}
	}
	c.Header.Set("Content-Encoding", v.Coding)
	if c.ContentType == "" && archiveTypes[mediatype.Clean(stored)] {
		c.ContentType = d.contentType("")
	}
	return &c
}

// archives are what a storage that knows a variant by its key alone takes it for.
var archiveTypes = map[string]bool{
	"application/gzip": true, "application/x-gzip": true, "application/zstd": true,
	"application/brotli": true, "application/x-brotli": true,
}

// withoutVariants is the download as somebody else would send it.
func (d *Download) withoutVariants() *Download {
	if len(d.Variants) == 0 {
		return d
	}
	c := *d
	c.Variants = nil
	return &c
}
