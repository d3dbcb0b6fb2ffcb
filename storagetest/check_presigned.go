package storagetest

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"
)

// WantPresigned is the expected redirect to a presigned URL. A zero field is not checked; at least one field must
// be set.
type WantPresigned struct {
	Status int // 302, 303 or 307; a cache may keep other redirects longer than the signature is valid

	Host string // host of the URL, with its port if it has one

	// Key is the key of the object, decoded once: the path of the URL after its first slash and Bucket.
	Key    string
	Bucket string // first segments of the path; empty if the host names the bucket

	// Fields of the storage's response that the URL overrides.
	Filename    string // decoded, as in [Want]
	Disposition string // "attachment" or "inline"
	ContentType string // exactly

	MinExpiry time.Duration // least validity of the URL from Now
	MaxExpiry time.Duration // longest validity of the URL from Now
	Now       time.Time     // zero means the Date of the response, or time.Now without a Date

	CacheControl string      // of the response, exactly
	Header       http.Header // further fields, as in [Want]

	Secrets []string // strings that must not be in the response, such as the signing key
}

// CheckPresigned fails the test if a response differs from want, or is no temporary redirect to a presigned URL. It
// also fails if a cache may keep the redirect until the signature expires, or if the signature is outside of the
// Location. It supports the signatures of S3, Google Cloud Storage, Azure, CloudFront, Cloud CDN and Go CDK's
// fileblob. Messages contain neither the signature nor a secret.
func CheckPresigned[R Response](t TB, response R, want WantPresigned) {
	t.Helper()
	checkResponse(t, "CheckPresigned", response, &want, func(rep *report, resp *http.Response) { want.compare(rep, resp) })
}

func isTemporary(status int) bool {
	return status == http.StatusFound || status == http.StatusSeeOther || status == http.StatusTemporaryRedirect
}

func (w *WantPresigned) impossible() (reasons []string) {
	c := *w
	c.Now = time.Time{}
	if len(c.Header) == 0 {
		c.Header = nil
	}
	if len(c.Secrets) == 0 {
		c.Secrets = nil
	}
	if reflect.ValueOf(c).IsZero() {
		return []string{nothingWanted}
	}
	no := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }
	if w.Status != 0 && !isTemporary(w.Status) {
		no("Status %d is no temporary redirect, but a signature expires", w.Status)
	}
	if w.MinExpiry < 0 || w.MaxExpiry < 0 {
		no("MinExpiry %v and MaxExpiry %v must not be negative", w.MinExpiry, w.MaxExpiry)
	}
	if w.MaxExpiry != 0 && w.MinExpiry > w.MaxExpiry {
		no("MinExpiry %v is above MaxExpiry %v", w.MinExpiry, w.MaxExpiry)
	}
	for i, secret := range w.Secrets {
		if secret == "" {
			no("Secrets[%d] is empty, which is in every response", i)
		}
	}
	if w.Bucket != "" && w.Key == "" {
		no("Bucket is set without Key")
	}
	other := Want{Disposition: w.Disposition, CacheControl: w.CacheControl, Header: w.Header}
	if !other.isZero() {
		reasons = append(reasons, other.impossible()...)
	}
	return reasons
}

func (w *WantPresigned) compare(rep *report, resp *http.Response) {
	if w.Status != 0 {
		rep.same("Status", statusText(w.Status), statusText(resp.StatusCode))
	}
	if !isTemporary(resp.StatusCode) {
		rep.fault("%s is no temporary redirect", statusText(resp.StatusCode))
	}
	location, u := locationOf(rep, resp)
	if w.Host != "" {
		rep.same("URL host", w.Host, orAbsent(u.Host))
	}
	if w.Key != "" {
		path := "/" + w.Key
		if w.Bucket != "" {
			path = "/" + strings.Trim(w.Bucket, "/") + path
		}
		rep.same("URL path", quote(path), quote(u.Path))
	}
	w.compareOverrides(rep, u.Query())
	rep.field(resp.Header, "Cache-Control", w.CacheControl)
	rep.fields(resp.Header, w.Header)
	if location == "" {
		return
	}
	signature, expires, err := readSignature(u.Query())
	if err != nil {
		rep.fault("Location %q: %v", redactQuery(location), err)
	} else {
		life := expires.Sub(w.now(resp.Header))
		w.compareLife(rep, life)
		checkCacheLifetime(rep, resp, life)
	}
	w.checkSecrets(rep, resp, signature)
}

// compareOverrides compares the response fields that the URL overrides, with the parameter names of S3 and Google,
// or of Azure.
func (w *WantPresigned) compareOverrides(rep *report, q url.Values) {
	disposition := first(q, "response-content-disposition", "rscd")
	compareDisposition(rep, disposition, w.Filename, w.Disposition)
	if w.ContentType != "" {
		rep.same("Signed Content-Type", quote(w.ContentType), quote(first(q, "response-content-type", "rsct")))
	}
}

func first(q url.Values, names ...string) string {
	for _, name := range names {
		if q.Has(name) {
			return q.Get(name)
		}
	}
	return ""
}

func (w *WantPresigned) now(h http.Header) time.Time {
	if !w.Now.IsZero() {
		return w.Now
	}
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		return t
	}
	return time.Now()
}

func (w *WantPresigned) compareLife(rep *report, life time.Duration) {
	shownLife := life.Truncate(time.Second).String()
	switch {
	case life <= 0:
		rep.fault("the signature expired %s ago", -life.Truncate(time.Second))
	case w.MinExpiry != 0 && life < w.MinExpiry:
		rep.same("URL expires in", "at least "+w.MinExpiry.String(), shownLife)
	case w.MaxExpiry != 0 && life > w.MaxExpiry:
		rep.same("URL expires in", "at most "+w.MaxExpiry.String(), shownLife)
	}
}
