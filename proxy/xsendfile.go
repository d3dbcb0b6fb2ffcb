package proxy

import (
	"errors"
	"net/http"
	"path"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// XSendfile offloads downloads with the absolute path of a file, to Apache with mod_xsendfile and to lighttpd.
// docs/servers has complete configurations. An XSendfile must not be copied or modified after its first use.
type XSendfile struct {
	// Mounts map keys to directories as the proxy sees them.
	Mounts []Mount

	// Paths is the form in which the proxy reads the field. The wrong form names another file. The zero value offloads only
	// paths that are the same in all forms. Apache loses Content-Encoding, so that an object with a stored coding is
	// streamed unless Paths is EscapedPaths.
	Paths PathForm

	// Header is the field: X-Sendfile or X-LIGHTTPD-send-file. "" means X-Sendfile.
	Header string

	// Validators selects whose validators are used. 0 means blobdownload.AppValidators, the only ones that work with
	// Apache: its own ETag is "0" for every file. blobdownload.ProxyValidators need EscapedPaths.
	Validators blobdownload.Validators

	// MaxHeader is the maximum length of the response header in bytes. 0 means blobdownload.DefaultMaxHeader. A
	// download with a longer one is streamed.
	MaxHeader int

	valid  validOnce
	stores storeNames
}

// PathForm is how a proxy reads a path in a header field.
type PathForm uint8

const (
	// PlainPaths consist of letters, digits, '-', '.', '_', '~' and '/'. All proxies read them alike.
	PlainPaths PathForm = iota

	// RawPaths are not decoded: Apache with mod_xsendfile.
	RawPaths

	// EscapedPaths are decoded once: lighttpd, Caddy.
	EscapedPaths
)

// Validate returns the faults of the configuration, each by the name of its field.
func (x *XSendfile) Validate() error { return x.validate("") }

func (x *XSendfile) validate(parent string) error {
	of := parent + "XSendfile"
	errs := []error{
		mounts(x.Mounts).validate(of+".Mounts", directory),
		validateValidators(of, x.Validators), validateMaxHeader(of, x.MaxHeader),
	}
	if x.Paths > EscapedPaths {
		errs = append(errs, fault(of+".Paths", "%d; want PlainPaths, RawPaths (Apache) or EscapedPaths (lighttpd)", x.Paths))
	}
	switch http.CanonicalHeaderKey(x.Header) {
	case "", "X-Sendfile", "X-Lighttpd-Send-File":
	default:
		errs = append(errs, fault(of+".Header", "%q; want X-Sendfile or X-LIGHTTPD-send-file", x.Header))
	}
	if x.Validators == blobdownload.ProxyValidators && x.Paths != EscapedPaths { // it may be Apache
		errs = append(errs, fault(of+".Validators",
			`ProxyValidators do not work with Apache, whose ETag is "0" for every file; want Paths: EscapedPaths (lighttpd)`))
	}
	return errors.Join(errs...)
}

func (x *XSendfile) mounted() (field string, all mounts) { return "XSendfile.Mounts", x.Mounts }

// Optimize returns a redirect to the path of the file. It returns nil for a file that is in no mount or whose path the
// proxy cannot read.
func (x *XSendfile) Optimize(_ *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	if err := x.valid.check(x); err != nil {
		return nil, err
	}
	m, segments, err := x.stores.find(x.Mounts, d)
	if m == nil || err != nil {
		return nil, err
	}
	value, ok := x.Paths.join(m.Location, segments)
	if !ok {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	name := x.Header
	if name == "" {
		name = "X-Sendfile"
	}
	validators := x.Validators
	if validators == 0 {
		validators = blobdownload.AppValidators
	}
	return &blobdownload.Redirect{
		Header: http.Header{http.CanonicalHeaderKey(name): {value}}, Validators: validators, MaxHeader: x.MaxHeader,
		DropsCoding: x.Paths != EscapedPaths, // it may be Apache
	}, nil
}

// join returns the path of a file, or false if the proxy would read another path.
func (p PathForm) join(dir string, segments []string) (string, bool) {
	dir = strings.TrimSuffix(dir, "/")
	raw := dir + "/" + strings.Join(segments, "/")
	if strings.ContainsFunc(raw, isControl) {
		return "", false // not allowed in a field, or read as '_' by lighttpd
	}
	if p == RawPaths {
		return raw, strings.TrimRight(raw, " \t") == raw // servers trim a field's value
	}
	coded := escaped(strings.Split(dir, "/")) + "/" + escaped(segments)
	return coded, p == EscapedPaths || coded == raw && !strings.ContainsAny(raw, "$&+,:;=@")
}

// directory accepts an absolute path in its shortest form.
func directory(location string) error {
	switch {
	case !path.IsAbs(location):
		return errors.New("is a relative path; want the absolute path of a directory")
	case strings.TrimRight(location, "/") == "":
		return errors.New("is the root of the file system; want the directory of the objects")
	case path.Clean(location) != strings.TrimSuffix(location, "/"):
		return errors.New("is not in its shortest form (no \"..\", no double slash)")
	case strings.ContainsFunc(location, isControl):
		return errors.New("has a control character")
	}
	return nil
}
