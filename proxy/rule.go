package proxy

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// Rule says which downloads an optimizer gets to see; see [When].
type Rule interface {
	Match(r *http.Request, d *blobdownload.Download) bool
}

// RuleFunc is a function that is a Rule.
type RuleFunc func(r *http.Request, d *blobdownload.Download) bool

// Match calls the function.
func (f RuleFunc) Match(r *http.Request, d *blobdownload.Download) bool { return f(r, d) }

// InStore matches what lies in one of the storages of these names.
func InStore(names ...string) Rule { return inStore(names) }

type inStore []string

func (s inStore) Match(_ *http.Request, d *blobdownload.Download) bool {
	return slices.Contains(s, d.File.Location().Store)
}

func (s inStore) Validate() error {
	if len(s) == 0 || slices.Contains(s, "") {
		return fault("InStore", "a storage without a name can never match")
	}
	return nil
}

// UnderPrefix matches what lies under one of these prefixes of keys, each with a slash at its end.
func UnderPrefix(prefixes ...string) Rule { return underPrefix(prefixes) }

type underPrefix []string

func (p underPrefix) Match(_ *http.Request, d *blobdownload.Download) bool {
	key := d.File.Location().Key
	return key != "" && slices.ContainsFunc(p, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

func (p underPrefix) Validate() error {
	if len(p) == 0 {
		return fault("UnderPrefix", "no prefix can never match")
	}
	for _, prefix := range p {
		if !strings.HasSuffix(prefix, "/") {
			return fault("UnderPrefix", "%q has no slash at its end: it would also take in %q", prefix, prefix+"-private/x")
		}
		if strings.HasPrefix(prefix, "/") {
			return fault("UnderPrefix", "%q begins with a slash, and no key does: it can never match", prefix)
		}
		if !travels(strings.TrimSuffix(prefix, "/")) {
			return fault("UnderPrefix", "%q has a dot segment, and no key that is handed over does: it can never match", prefix)
		}
	}
	return nil
}

// AtLeast matches files of at least so many bytes. A size that the application has not given by
// wrapper.File.WithInfo is looked up, which is a trip for what does not lie here; a file that cannot be
// looked up, or whose size is not known, does not match.
func AtLeast(size int64) Rule { return atLeast(size) }

type atLeast int64

func (n atLeast) Match(r *http.Request, d *blobdownload.Download) bool {
	info, err := d.File.Stat(r.Context())
	return err == nil && info.Size >= int64(n)
}

func (n atLeast) Validate() error {
	if n <= 0 {
		return fault("AtLeast", "%d: every file matches, and is looked up for it", int64(n))
	}
	return nil
}

// ForType matches by content type, exactly ("application/pdf") or all of a kind ("video/*"). The type is that
// which the application gives, by WithInfo or in the download, or else the one that the name suggests:
// the storage is not asked.
func ForType(types ...string) Rule { return forType(types) }

type forType []string

func (t forType) Match(_ *http.Request, d *blobdownload.Download) bool {
	contentType, _ := d.Offer(d.File.KnownInfo().ContentType)
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return slices.ContainsFunc(t, func(want string) bool {
		family, all := strings.CutSuffix(strings.ToLower(want), "*")
		return kind == want || all && strings.HasPrefix(kind, family)
	})
}

func (t forType) Validate() error {
	if len(t) == 0 {
		return fault("ForType", "no type can never match")
	}
	for _, want := range t {
		kind, sub, ok := strings.Cut(want, "/")
		if !ok || !token.MatchString(kind) || !token.MatchString(sub) || strings.Contains(kind+strings.TrimSuffix(sub, "*"), "*") {
			return fault("ForType", "%q is neither a type like application/pdf nor a kind like video/*: it can never match", want)
		}
		if want != strings.ToLower(want) {
			return fault("ForType", "%q is not in lower case: it can never match", want)
		}
	}
	return nil
}
