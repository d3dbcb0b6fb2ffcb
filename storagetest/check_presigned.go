package storagetest

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"
)

// WantPresigned is what an answer that sends the client to a signed URL is expected to be. A zero field is
// not checked.
type WantPresigned struct {
	Status int // 302, 303 or 307: others may be kept for longer than the signature lives

	Host string // of the URL, with its port if it names one

	// Key is the object's, decoded once: the whole path of the URL but for its first slash, and but for Bucket.
	Key    string
	Bucket string // the first segments of the path; empty where the host names the bucket

	// What the URL makes the storage answer.
	Filename    string // decoded, as in [Want]
	Disposition string // "attachment" or "inline"
	ContentType string // exactly

	MinExpiry time.Duration // the URL must live for at least so long from Now
	MaxExpiry time.Duration // and for at most so long
	Now       time.Time     // the present, for signers with a clock of their own; else the Date of the response, else time.Now

	CacheControl string      // of the response, exactly
	Header       http.Header // further fields, as in [Want]

	Secrets []string // none of them may be in the response: the key that signs …
}

// CheckPresigned fails the test unless a response sends the client to a signed URL as wanted. Schemes known
// are those of S3, Google Cloud Storage, Azure, CloudFront, Cloud CDN and Go CDK's fileblob. Whatever is
// wanted: the redirect is temporary, it may not be cached for as long as the signature lives, and the signature
// is nowhere but in the Location. Neither signature nor secret is shown in a message.
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
		no("Bucket is compared together with Key, which is empty")
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

// compareOverrides compares what the URL makes the storage answer, by the names that S3 and Google have for
// it, or by Azure's.
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
		rep.same("URL lives for", "at least "+w.MinExpiry.String(), shownLife)
	case w.MaxExpiry != 0 && life > w.MaxExpiry:
		rep.same("URL lives for", "at most "+w.MaxExpiry.String(), shownLife)
	}
}
