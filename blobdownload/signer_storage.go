package blobdownload

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// storageSigner makes File.SignedURL return a signed link to the application's handler.
type storageSigner struct {
	signer *Signer
	store  string
	bucket string // its identity
	key    string
}

func (s storageSigner) SignedURL(_ context.Context, o wrapper.SignOptions) (string, error) {
	if bucket, _ := s.signer.stores.LoadOrStore(s.store, s.bucket); bucket != s.bucket {
		return "", fmt.Errorf("signer: storage name %q is that of two buckets, %q and %q: give each storage a name of its own",
			s.store, bucket, s.bucket)
	}
	at := o.At
	if at.IsZero() {
		at = time.Now()
	}
	l := Link{
		Store: s.store, Key: s.key, Version: o.Version,
		ContentType: o.ContentType, CacheControl: o.CacheControl,
		Head:    o.Method == http.MethodHead,
		Expires: at.Add(o.Expiry),
	}
	if o.ContentDisposition != "" {
		kind, params, err := mime.ParseMediaType(o.ContentDisposition)
		if err != nil || kind != "attachment" && kind != "inline" {
			return "", fmt.Errorf("Content-Disposition that is neither attachment nor inline: %w", errors.ErrUnsupported)
		}
		l.Inline, l.Filename = kind == "inline", params["filename"]
	}
	return s.signer.Sign(l)
}
