package proxy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/flight"
	"github.com/go-downloadview/downloadview/internal/freshness"
	"github.com/go-downloadview/downloadview/internal/redact"
	"github.com/go-downloadview/downloadview/wrapper"
)

// storageURLs is the state that the requests of one optimizer share: the URLs that storages signed, and the storages
// that cannot sign, which are logged once.
type storageURLs struct {
	cache   urlCache[objectKey]
	once    sync.Once // sets the fields of flights
	flights flight.Group[*signedURL]
	stores  storeNames // of storages that have a public one
	logged  sync.Map   // wrapper.Location of storages
	faults  sync.Map   // urlFault, of those that were returned
}

// urlFault is why the URLs of a storage cannot be sent.
type urlFault struct {
	storage wrapper.Location
	cause   string
}

// fault returns the error of a URL that cannot be sent. From the second call on it is a repeatedFault: the error of all URLs
// of a storage is that of the configuration.
func (s *storageURLs) fault(loc wrapper.Location, err error) error {
	if _, before := s.faults.LoadOrStore(urlFault{storageOf(loc), err.Error()}, true); before {
		return repeatedFault{err}
	}
	return err
}

func storageOf(loc wrapper.Location) wrapper.Location {
	return wrapper.Location{Store: loc.Store, Bucket: loc.Bucket}
}

// signer has objects' URLs signed by their storages. It combines an optimizer's options with its storageURLs.
type signer struct {
	*storageURLs
	Lifetime
	hosts     []string
	allowHTTP bool
	public    blobdownload.Storages
	logger    *slog.Logger
	requestID string // in the URL, which is then not cached; "" for none
}

// sign returns a signed URL, cached or new. It returns nil if the download must be streamed. With lookUp it requests
// metadata from the storage; metadata of local files is always read.
func (s *signer) sign(ctx context.Context, d *blobdownload.Download, lookUp bool) (*signedURL, error) {
	if !survivesURL(d.File.Location().Key) {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	if loc := d.File.Location(); s.public.Get(loc.Store) != nil {
		if err := s.stores.check(loc); err != nil {
			return nil, err
		}
	}
	info := d.File.KnownInfo()
	if v := d.File.Version(); v != info.Version && v != "" {
		return nil, nil //nolint:nilnil // nil leaves the download as it is: a URL is signed for no entity-tag
	}
	var found *wrapper.Info
	if lookUp || d.File.Local() {
		var err error
		if info, err = metadataOf(ctx, d.File); errors.Is(err, fs.ErrNotExist) {
			return nil, nil //nolint:nilnil // nil leaves the download as it is: the server responds 404
		}
		if err != nil {
			return nil, err
		}
		found = &info
	}
	u, err := s.signAs(ctx, d.WithStoredName(&info), info.ContentType, info.Version)
	if u == nil || err != nil {
		return nil, err
	}
	return u.withInfo(found), nil
}

// signAs returns a URL for a stored media type and a version, each "" if unknown.
func (s *signer) signAs(ctx context.Context, d *blobdownload.Download, storedType, version string) (*signedURL, error) {
	now := s.now()
	start := now.Truncate(s.window())
	k := keyOf(d, storedType, version, start)
	if k.object.Bucket == "" || s.requestID != "" { // files of no bucket may share a key, and an id has a URL of its own
		return s.signNew(ctx, d.File, &k, start, now)
	}
	if u := s.cache.get(k, now.Add(margin)); u != nil {
		return u, nil
	}
	return s.signShared(ctx, d.File, &k, start, now)
}

// sharedSigning is the time limit of a signature that several requests wait for and none of them can cancel.
const sharedSigning = 30 * time.Second

// signShared is signNew with one signature for the requests that need the same URL at the same time.
func (s *signer) signShared(ctx context.Context, f *wrapper.File, k *objectKey, start, now time.Time) (*signedURL, error) {
	s.once.Do(func() { s.flights.Limit, s.flights.Continues = sharedSigning, true })
	return s.flights.Do(ctx, fmt.Sprintf("%#v", *k), func(ctx context.Context) (*signedURL, error) {
		if u := s.cache.get(*k, now.Add(margin)); u != nil {
			return u, nil
		}
		u, err := s.signNew(ctx, f, k, start, now)
		if u != nil {
			s.cache.put(*k, u)
		}
		return u, err
	})
}

// signNew signs for the window that began at start, and for Expiry after it.
func (s *signer) signNew(ctx context.Context, f *wrapper.File, k *objectKey, start, now time.Time) (*signedURL, error) {
	opts := wrapper.SignOptions{
		At:                 start, // so that all processes sign the same URL
		Expiry:             (s.window() + s.expiry()).Truncate(time.Second),
		ContentDisposition: k.disposition,
		ContentType:        k.contentType,
		CacheControl:       freshness.Limit(k.cacheControl, s.expiry()),
		Version:            k.version,
		RequestID:          s.requestID,
	}
	if public := s.public.Get(k.object.Store); public != nil {
		f = public.File(k.object.Key)
	}
	u, err := s.signOnce(ctx, f, &opts, now)
	if u == nil || err != nil {
		return nil, err
	}
	// Credentials that expire earlier leave less than Expiry to a URL that is sent last in the window.
	if left := u.expires.Sub(start.Add(s.window())); left < s.expiry().Truncate(time.Second) {
		if limited := freshness.Limit(opts.CacheControl, left); limited != opts.CacheControl {
			opts.CacheControl = limited
			return s.signOnce(ctx, f, &opts, now)
		}
	}
	return u, nil
}

// signOnce signs one URL, and checks its host and its expiry. It returns nil for a storage that signs no URLs, which is logged.
func (s *signer) signOnce(ctx context.Context, f *wrapper.File, opts *wrapper.SignOptions, now time.Time) (*signedURL, error) {
	signed, err := f.SignedURL(ctx, *opts)
	if errors.Is(err, errors.ErrUnsupported) {
		s.logUnsupported(ctx, f.Location(), err)
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	if err != nil {
		return nil, err
	}
	u, err := parseSafe(signed, s.hosts, s.allowHTTP)
	if err != nil {
		return nil, s.fault(f.Location(), err)
	}
	expires := opts.At.Add(opts.Expiry)
	if earlier, ok := expiryOf(u); ok && earlier.Before(expires) {
		expires = earlier // the credentials expire first
	}
	if expires.Sub(now) <= margin {
		return nil, errShortLived
	}
	return &signedURL{location: []string{signed}, expires: expires}, nil
}

// logUnsupported logs once for each storage that it signs no URLs.
func (s *signer) logUnsupported(ctx context.Context, loc wrapper.Location, err error) {
	if _, before := s.logged.LoadOrStore(storageOf(loc), true); before {
		return
	}
	cmp.Or(s.logger, slog.Default()).LogAttrs(ctx, slog.LevelWarn, "cannot sign URLs; streaming",
		slog.String("store", loc.Store), slog.String("error", redact.Text(err.Error())))
}
