package blobdownload

import (
	"io/fs"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// LinkView serves the object of the request's link, from one of the given storages. A request that has not passed
// [Signer.Require] is rejected with 403. To revoke links, wrap the view with Authorized and check [LinkOf]
// there. Two storages of one name are an error of every request.
func LinkView(storages ...*Storage) View {
	ambiguous := Storages(storages).checkNames()
	return func(r *http.Request) (*Download, error) {
		if ambiguous != nil {
			return nil, ambiguous
		}
		l := LinkOf(r)
		if l == nil {
			return nil, fs.ErrPermission
		}
		s := Storages(storages).Get(l.Store)
		if s == nil {
			return nil, fs.ErrNotExist
		}
		d := &Download{
			File:        s.file(l.Key).WithVersion(l.Version),
			Filename:    l.Filename,
			Inline:      l.Inline,
			ContentType: l.ContentType,
		}
		if policy := l.cacheControl(time.Now()); policy != "" {
			d.Header = http.Header{"Cache-Control": {policy}}
		}
		return d, nil
	}
}

var ageDirective = regexp.MustCompile(`(?i)\b(max-age|s-maxage)\s*=\s*"?(\d+)"?`)

// cacheControl returns the link's cache policy, with ages limited to the link's remaining lifetime.
func (l *Link) cacheControl(now time.Time) string {
	if l.Once {
		return "private, no-store"
	}
	if l.CacheControl == "" {
		return ""
	}
	left := max(0, int64(l.Expires.Sub(now).Seconds()))
	policy := ageDirective.ReplaceAllStringFunc(l.CacheControl, func(directive string) string {
		name, value, _ := strings.Cut(directive, "=")
		age, err := strconv.ParseInt(strings.Trim(value, `" `), 10, 64)
		if err != nil || age > left {
			age = left
		}
		return strings.TrimSpace(name) + "=" + strconv.FormatInt(age, 10)
	})
	return policy
}
