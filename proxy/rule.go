package proxy

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// Rule selects the downloads of an optimizer; see [When].
type Rule interface {
	// Match reports whether the optimizer may take the download. It is called by many goroutines at once.
	Match(r *http.Request, d *blobdownload.Download) bool
}

// RuleFunc is a function that is a Rule.
type RuleFunc func(r *http.Request, d *blobdownload.Download) bool

// Match calls the function.
func (f RuleFunc) Match(r *http.Request, d *blobdownload.Download) bool { return f(r, d) }

// InStore matches files of the storages with these names.
func InStore(names ...string) Rule { return inStore(names) }

type inStore []string

func (s inStore) Match(_ *http.Request, d *blobdownload.Download) bool {
	return slices.Contains(s, d.File.Location().Store)
}

func (s inStore) validate(parent string) error {
	if len(s) == 0 || slices.Contains(s, "") {
		return fault(parent+"InStore", "a storage without a name can never match")
	}
	return nil
}

// UnderPrefix matches files whose key has one of these prefixes, each with a slash at its end.
func UnderPrefix(prefixes ...string) Rule { return underPrefix(prefixes) }

type underPrefix []string

func (p underPrefix) Match(_ *http.Request, d *blobdownload.Download) bool {
	key := d.File.Location().Key
	return key != "" && slices.ContainsFunc(p, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

func (p underPrefix) validate(parent string) error {
	of := parent + "UnderPrefix"
	if len(p) == 0 {
		return fault(of, "no prefix can never match")
	}
	for _, prefix := range p {
		if !strings.HasSuffix(prefix, "/") {
			return fault(of, "%q has no slash at its end: it would match %q", prefix, prefix+"-private/x")
		}
		if strings.HasPrefix(prefix, "/") {
			return fault(of, "%q can never match: it begins with a slash, and no key does", prefix)
		}
		if !survivesURL(strings.TrimSuffix(prefix, "/")) {
			return fault(of, "%q can never match: it has a dot segment, and such keys are not offloaded", prefix)
		}
	}
	return nil
}

// AtLeast matches files of at least size bytes. A size that the application has not set with [wrapper.File.WithInfo]
// is looked up, which costs a request to the storage unless the file is local. A file without a size, or whose
// lookup fails, does not match.
func AtLeast(size int64) Rule { return atLeast(size) }

type atLeast int64

func (n atLeast) Match(r *http.Request, d *blobdownload.Download) bool {
	info, err := d.File.Stat(r.Context())
	return err == nil && info.Size >= int64(n)
}

func (n atLeast) validate(parent string) error {
	if n <= 0 {
		return fault(parent+"AtLeast", "%d: every file matches, after a lookup", int64(n))
	}
	return nil
}

// ForType matches media types, one ("application/pdf") or all of a kind ("video/*"). The media type is that of the
// download or of WithInfo, else it is guessed from the filename. No storage is requested.
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

func (t forType) validate(parent string) error {
	of := parent + "ForType"
	if len(t) == 0 {
		return fault(of, "no media type can never match")
	}
	for _, want := range t {
		kind, sub, ok := strings.Cut(want, "/")
		if !ok || !token.MatchString(kind) || !token.MatchString(sub) || strings.Contains(kind+strings.TrimSuffix(sub, "*"), "*") {
			return fault(of, "%q can never match; want a media type like application/pdf, or a kind like video/*", want)
		}
		if want != strings.ToLower(want) {
			return fault(of, "%q can never match: it is not in lower case", want)
		}
	}
	return nil
}
