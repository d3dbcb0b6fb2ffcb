package proxy

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Presign sends the client to the storage itself, by a URL that is signed for one object, one name and one
// type. A HEAD is answered here, since a URL is signed for GET, and so is a download that goes on by If-Range,
// which no store obeys. What a storage cannot sign is streamed, and the reason is logged once for each storage.
// It must not be copied, nor its fields changed, once it is used.
//
// A download whose Header says its own Content-Encoding is streamed as well, since no URL tells a store to say that.
//
// A permission that is taken away takes effect when the URLs that are out have expired.
//
// URLs are kept for their window by the file's Location, its version and how it is offered. A file that is signed by
// something of its own (wrapper.File.WithSigner) must therefore have a Location of its own, by wrapper.File.In.
type Presign struct {
	// Expiry is how long a URL lives at least, from when it is sent; 0 means 5 minutes. With Window it is
	// at most 7 days.
	Expiry time.Duration

	// Window is for how long everybody gets the same URL, so that browsers and CDNs can keep what they
	// fetched by it; 0 means Expiry. A URL lives for Expiry and one Window at most.
	Window time.Duration

	Status int           // 302 when 0, or 303 or 307
	MaxAge time.Duration // for which a browser may keep the redirect, never longer than Expiry; 0: it does not

	// Hosts are those that a URL may lead to, with the port where there is one; nil allows any that a
	// storage names. AllowHTTP allows http besides https, for a store on the same machine or network.
	Hosts     []string
	AllowHTTP bool

	// Public holds storages, by the same names, whose URLs lead to the public endpoint of what is read by
	// another one, such as an internal name of a MinIO. They sign and are never asked for anything.
	Public blobdownload.Storages

	// Validators says what is looked up; 0 means blobdownload.ProxyValidators: nothing but local files. The name, the type
	// and the version signed in are then those that the application knows. With blobdownload.AppValidators they
	// are the storage's, for one trip, and conditions are decided here.
	Validators blobdownload.Validators

	MaxHeader int // as for XAccel

	Logger *slog.Logger     // gets the reason why a storage is streamed; nil: slog.Default()
	Now    func() time.Time // nil: time.Now

	once   sync.Once
	err    error
	urls   urlCache
	logged sync.Map // of stores that cannot sign
}

// Validate returns what is wrong with the configuration, in words that name the field.
func (p *Presign) Validate() error {
	var errs []error
	if e := p.expiry(); e < time.Second || e+p.window() > wrapper.MaxExpiry {
		errs = append(errs, fault("Presign.Expiry", "%v: must be at least 1s, and with Window (%v) at most %v",
			e, p.window(), wrapper.MaxExpiry))
	}
	if p.window() < time.Second {
		errs = append(errs, fault("Presign.Window", "%v: must be at least 1s", p.Window))
	}
	if p.MaxAge < 0 || p.MaxAge >= p.expiry() {
		errs = append(errs, fault("Presign.MaxAge", "%v: must be less than Expiry, %v", p.MaxAge, p.expiry()))
	}
	switch p.Status {
	case 0, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect:
	default:
		errs = append(errs, fault("Presign.Status", "%d: must be 302, 303 or 307", p.Status))
	}
	for _, h := range p.Hosts {
		if !validHost(h) {
			errs = append(errs, fault("Presign.Hosts", "holds %q, which is not a host like bucket.s3.amazonaws.com or 127.0.0.1:9000", h))
		}
	}
	return errors.Join(append(errs, validValidators("Presign", p.Validators))...)
}

func (p *Presign) expiry() time.Duration {
	if p.Expiry == 0 {
		return wrapper.DefaultExpiry
	}
	return p.Expiry
}

func (p *Presign) window() time.Duration {
	if p.Window == 0 {
		return p.expiry()
	}
	return p.Window
}

func (p *Presign) now() time.Time {
	if p.Now != nil {
		return p.Now()
	}
	return time.Now()
}

// Optimize answers a redirect of the client to the storage.
func (p *Presign) Optimize(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	if r.Method != http.MethodGet || !fits(r, d) {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	s, err := p.sign(r.Context(), d, p.Validators == blobdownload.AppValidators)
	if s == nil || err != nil {
		return nil, err
	}
	to := &blobdownload.Redirect{
		Status: p.Status, Validators: p.Validators, Info: s.info, MaxHeader: p.MaxHeader,
		Header: http.Header{"Location": s.location, "Cache-Control": noStore},
	}
	if age := p.maxAge(s.expires); age > 0 {
		to.Header["Cache-Control"] = []string{"private, max-age=" + strconv.Itoa(int(age/time.Second))}
		to.Header["Vary"] = []string{"Range", "If-Range"} // or else it is followed where fits says no
	}
	if to.Status == 0 {
		to.Status = http.StatusFound
	}
	if d.File.KnownInfo().Size > 0 {
		to.Validators = blobdownload.AppValidators // costs nothing: all is known
	}
	return to, nil
}

// margin is how much shorter than a signature lives an answer with it may be kept: clocks differ.
const margin = 5 * time.Second

var noStore = []string{"no-store"}

// maxAge is for how long a browser may keep the redirect; 0 or less means not at all.
func (p *Presign) maxAge(expires time.Time) time.Duration {
	return min(p.MaxAge, expires.Sub(p.now())-margin).Truncate(time.Second)
}

// signature is a URL that may be sent.
type signature struct {
	location []string // the URL, as a field's value
	expires  time.Time
	info     *wrapper.Info // what was looked up for it
}

// sign returns a signed URL, from the cache where it is in there. It is nil when the download must be streamed.
func (p *Presign) sign(ctx context.Context, d *blobdownload.Download, lookup bool) (*signature, error) {
	p.once.Do(func() { p.err = p.Validate() })
	if p.err != nil {
		return nil, p.err
	}
	loc := d.File.Location()
	if !travels(loc.Key) {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	info := d.File.KnownInfo()
	var looked *wrapper.Info
	if lookup || d.File.Local() {
		var err error
		if info, err = d.File.Stat(ctx); errors.Is(err, fs.ErrNotExist) {
			return nil, nil //nolint:nilnil // nil leaves the download as it is, and the server says that it is missing
		}
		if err != nil {
			return nil, err
		}
		looked = &info
	}
	s, err := p.signAs(ctx, d, info.ContentType, info.Version)
	if s == nil || err != nil {
		return nil, err
	}
	return s.with(looked), nil
}

func (s *signature) with(info *wrapper.Info) *signature {
	if info == nil {
		return s
	}
	c := *s
	c.info = info
	return &c
}

// signAs returns a URL that is signed for a stored type, or "", and a version, or "".
func (p *Presign) signAs(ctx context.Context, d *blobdownload.Download, stored, version string) (*signature, error) {
	now := p.now()
	start := now.Truncate(p.window())
	k := urlKey{loc: d.File.Location(), version: version, cacheControl: d.CacheControl(), window: start.Unix()}
	k.contentType, k.disposition = d.Offer(stored)
	if k.loc.Store == "" { // files of no storage may share a key
		return p.signNow(ctx, d, &k, start, now)
	}
	if s := p.urls.get(k, now.Add(margin)); s != nil {
		return s, nil
	}
	s, err := p.signNow(ctx, d, &k, start, now)
	if s != nil {
		p.urls.put(k, s)
	}
	return s, err
}

// signNow signs for the window that began at start, and for Expiry after it.
func (p *Presign) signNow(ctx context.Context, d *blobdownload.Download, k *urlKey, start, now time.Time) (*signature, error) {
	opts := wrapper.SignOptions{
		At:                 start, // so that every process signs the same
		Expiry:             (p.window() + p.expiry()).Truncate(time.Second),
		ContentDisposition: k.disposition,
		ContentType:        k.contentType,
		CacheControl:       keptFor(k.cacheControl, p.expiry()),
		Version:            k.version,
	}
	f := d.File
	if public := p.Public.Get(k.loc.Store); public != nil {
		f = public.File(k.loc.Key)
	}
	s, err := p.signOnce(ctx, f, &opts, now)
	if s == nil || err != nil {
		return nil, err
	}
	// Credentials that end before leave less time than Expiry to a URL that is sent last in the window.
	if left := s.expires.Sub(start.Add(p.window())); left < p.expiry().Truncate(time.Second) {
		if fits := keptFor(opts.CacheControl, left); fits != opts.CacheControl {
			opts.CacheControl = fits
			return p.signOnce(ctx, f, &opts, now)
		}
	}
	return s, nil
}

func (p *Presign) signOnce(ctx context.Context, f *wrapper.File, opts *wrapper.SignOptions, now time.Time) (*signature, error) {
	signed, err := f.SignedURL(ctx, *opts)
	if errors.Is(err, errors.ErrUnsupported) {
		p.unsupported(ctx, f.Location().Store, err)
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	if err != nil {
		return nil, err
	}
	u, err := p.safe(signed)
	if err != nil {
		return nil, err
	}
	expires := opts.At.Add(opts.Expiry)
	if told, ok := expiryOf(u); ok && told.Before(expires) {
		expires = told // the credentials do not live as long
	}
	if expires.Sub(now) <= margin {
		return nil, errShortLived
	}
	return &signature{location: []string{signed}, expires: expires}, nil
}

var errShortLived = errors.New("presign: the URL expires at once; the credentials may be about to")

func (p *Presign) unsupported(ctx context.Context, store string, err error) {
	if _, before := p.logged.LoadOrStore(store, true); before {
		return
	}
	l := p.Logger
	if l == nil {
		l = slog.Default()
	}
	l.LogAttrs(ctx, slog.LevelWarn, "cannot sign URLs; streaming", slog.String("store", store), slog.String("error", err.Error()))
}

// travels reports whether a key arrives as it was sent: clients remove dot segments from a Location.
func travels(key string) bool {
	if key == "" {
		return false
	}
	for s := range strings.SplitSeq(key, "/") {
		if s == "." || s == ".." {
			return false
		}
	}
	return true
}
