package proxy

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// XAccel offloads downloads with X-Accel-Redirect, to nginx and its descendants, and to Caddy with its handle_response.
// docs/servers has complete configurations. An XAccel must not be copied or modified after its first use.
type XAccel struct {
	// Mounts map keys to internal locations of the proxy.
	Mounts []Mount

	NginxHints

	// Validators selects whose validators are used. 0 means blobdownload.ProxyValidators, for which metadata is read of
	// local files only. The location must fit: docs/servers/nginx.conf has one of each kind.
	Validators blobdownload.Validators

	// MaxHeader is the maximum length of the response header in bytes, which must fit into proxy_buffer_size. 0 means
	// blobdownload.DefaultMaxHeader. A download with a longer one is streamed.
	MaxHeader int

	valid  validOnce
	stores storeNames
}

// Validate returns the faults of the configuration, each by the name of its field.
func (x *XAccel) Validate() error { return x.validate("") }

func (x *XAccel) validate(parent string) error {
	of := parent + "XAccel"
	return errors.Join(
		mounts(x.Mounts).validate(of+".Mounts", locationPath),
		x.NginxHints.validate(of),
		validateValidators(of, x.Validators), validateMaxHeader(of, x.MaxHeader))
}

func (x *XAccel) mounted() (field string, all mounts) { return "XAccel.Mounts", x.Mounts }

// Optimize returns a redirect to the location of the file. It returns nil for a file that is in no mount or whose name
// is ambiguous.
func (x *XAccel) Optimize(_ *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	if err := x.valid.check(x); err != nil {
		return nil, err
	}
	m, segments, err := x.stores.find(x.Mounts, d)
	if m == nil || err != nil {
		return nil, err
	}
	h := make(http.Header, 4)
	h["X-Accel-Redirect"] = []string{m.Location + escaped(segments)}
	to := &blobdownload.Redirect{Header: h, Validators: x.Validators, MaxHeader: x.MaxHeader, RateField: x.rateField()}
	if x.NginxHints != (NginxHints{}) {
		x.NginxHints.set(h)
		to.StreamedHeader = x.NginxHints.streamed()
	}
	return to, nil
}

var plainPath = regexp.MustCompile(`^/([A-Za-z0-9_.~-]+/)+$`)

// locationPath accepts a path that is the same before and after any server has decoded and cleaned it.
func locationPath(location string) error {
	switch {
	case !strings.HasPrefix(location, "/"):
		return errors.New("does not begin with a slash")
	case !strings.HasSuffix(location, "/"):
		return errors.New("has no slash at its end: it could be the beginning of another location")
	case location == "/":
		return errors.New("is the whole site; want an internal location like /_files/")
	case !plainPath.MatchString(location) || strings.Contains(location, "/./") || strings.Contains(location, "/../"):
		return errors.New("is not a plain path of letters, digits, '-', '.', '_' and '~'")
	}
	return nil
}

func validateValidators(of string, v blobdownload.Validators) error {
	if v > blobdownload.AppValidators {
		return fault(of+".Validators", "%d; want blobdownload.ProxyValidators or blobdownload.AppValidators", v)
	}
	return nil
}

func validateMaxHeader(of string, n int) error {
	if n < 0 {
		return fault(of+".MaxHeader", "%d: negative", n)
	}
	return nil
}
