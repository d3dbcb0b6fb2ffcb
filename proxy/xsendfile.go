package proxy

import (
	"errors"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// XSendfile hands downloads to a front server by the absolute path of a file: Apache with mod_xsendfile, and
// lighttpd. Each mount is a directory as the server sees it; docs/servers holds complete
// configurations. It must not be copied, nor its fields changed, once it is used.
type XSendfile struct {
	Mounts []Mount

	// Paths says how the server reads the field. Read the wrong way, a path is another file's; the zero
	// value hands over only what every server reads alike. Apache loses Content-Encoding on the way, so that
	// content which is stored under a coding is streamed unless paths are escaped.
	Paths PathForm

	Header string // X-Sendfile when empty, or X-LIGHTTPD-send-file

	// Validators says who decides conditions; 0 means blobdownload.AppValidators, the only ones that work
	// with Apache: left alone it gives every file the ETag "0".
	Validators blobdownload.Validators

	MaxHeader int // as for XAccel

	once sync.Once
	err  error
}

// PathForm is how a server reads a path in a field.
type PathForm uint8

const (
	// PlainPaths are those of letters, digits, '-', '.', '_' and '~', which every server reads alike.
	PlainPaths PathForm = iota

	// RawPaths are taken as they are: Apache with mod_xsendfile.
	RawPaths

	// EscapedPaths are decoded once: lighttpd, Caddy.
	EscapedPaths
)

// Validate returns what is wrong with the configuration, in words that name the field.
func (x *XSendfile) Validate() error {
	errs := []error{
		mounts(x.Mounts).validate("XSendfile.Mounts", directory),
		validValidators("XSendfile", x.Validators),
	}
	if x.Paths > EscapedPaths {
		errs = append(errs, fault("XSendfile.Paths", "is %d: must be PlainPaths, RawPaths (Apache) or EscapedPaths (lighttpd)", x.Paths))
	}
	switch http.CanonicalHeaderKey(x.Header) {
	case "", "X-Sendfile", "X-Lighttpd-Send-File":
	default:
		errs = append(errs, fault("XSendfile.Header", "is %q: must be X-Sendfile or X-LIGHTTPD-send-file", x.Header))
	}
	if x.Validators == blobdownload.ProxyValidators && x.Paths == RawPaths {
		errs = append(errs, fault("XSendfile.Validators", `Edge does not work with Apache, which gives every file the ETag "0"`))
	}
	return errors.Join(errs...)
}

func (x *XSendfile) mounts() mounts { return x.Mounts }

// Optimize answers a redirect to the file as the front server sees it. A file that lies in no mount, or whose
// name the server cannot be told, is left as it is.
func (x *XSendfile) Optimize(_ *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	x.once.Do(func() { x.err = x.Validate() })
	if x.err != nil {
		return nil, x.err
	}
	m, segments, ok := mounts(x.Mounts).find(d.File.Location())
	if !ok {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
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

// join makes the path of a file, or reports false where the server would read another one.
func (p PathForm) join(dir string, segments []string) (string, bool) {
	dir = strings.TrimSuffix(dir, "/")
	raw := dir + "/" + strings.Join(segments, "/")
	if strings.ContainsFunc(raw, isControl) {
		return "", false // no field can hold some of them; lighttpd reads others as '_'
	}
	if p == RawPaths {
		return raw, strings.TrimRight(raw, " \t") == raw // a field ends where its last visible character does
	}
	coded := escaped(strings.Split(dir, "/")) + "/" + escaped(segments)
	return coded, p == EscapedPaths || coded == raw && !strings.ContainsAny(raw, "$&+,:;=@")
}

// directory accepts an absolute path in its shortest form.
func directory(at string) error {
	switch {
	case !path.IsAbs(at):
		return errors.New("is a relative path: the front server does not know relative to what")
	case strings.TrimRight(at, "/") == "":
		return errors.New("is the root of the file system: name the directory that holds the objects")
	case path.Clean(at) != strings.TrimSuffix(at, "/"):
		return errors.New("is not in its shortest form (no \"..\", no doubled slash)")
	case strings.ContainsFunc(at, isControl):
		return errors.New("has a control character")
	}
	return nil
}
