package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/redact"
)

// cloudPage is the number of objects in one page of a cloud's listing.
const cloudPage = 1000

// list lists the keys of the site, with one request for each 1,000 of them, and reads its 404 page.
func (s *Site) list(ctx context.Context) (*keys, error) {
	k := &keys{index: s.index(), all: map[string]struct{}{}, listed: time.Now()}
	bucket, size := s.Storage.Bucket, cloudPage
	if bucket.Store() == nil {
		size = s.maxKeys() + 1 // fileblob walks the directory for each page
	}
	token, total := blob.FirstPageToken, 0
	var empty []string
	for token != nil {
		objects, next, err := bucket.ListPage(ctx, token, size, &blob.ListOptions{Prefix: s.Prefix})
		if err != nil {
			return nil, s.unavailable(err)
		}
		if total += len(objects); total > s.maxKeys() {
			return nil, s.tooLarge()
		}
		for _, o := range objects {
			if key := strings.TrimPrefix(o.Key, s.Prefix); blobdownload.CanonicalKey(key) == nil && (s.Hidden || !isHidden(key)) {
				k.all[key] = struct{}{}
				if o.Size == 0 {
					empty = append(empty, key)
				}
			}
		}
		token = next
	}
	k.dropFolders(empty)
	if k.has(s.notFound()) {
		k.notFound, k.notFoundErr = s.readPage(ctx, s.notFound())
	}
	return k, nil
}

// unavailable is the error of a failed listing: a 504 after a timeout, else a 502, also if the credentials lack the
// permission to list.
func (s *Site) unavailable(err error) error {
	status := http.StatusBadGateway
	if errors.Is(err, context.DeadlineExceeded) {
		status = http.StatusGatewayTimeout
	}
	err = fmt.Errorf("site: list %q of storage %q: %w", s.Prefix, s.Storage.Name, redact.Error(err))
	return &blobdownload.StatusError{Status: status, Err: err}
}

func (s *Site) tooLarge() error {
	err := fmt.Errorf("site: storage %q has more than %d objects under %q; set Site.MaxKeys, or a narrower Site.Prefix",
		s.Storage.Name, s.maxKeys(), s.Prefix)
	return &blobdownload.StatusError{Status: http.StatusInternalServerError, Err: err}
}
