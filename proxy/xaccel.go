package proxy

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// XAccel hands downloads to a front server by X-Accel-Redirect: nginx and its descendants, and Caddy by its
// handle_response. Each mount is an internal location of the server's configuration; docs/servers holds
// complete ones. It must not be copied, nor its fields changed, once it is used.
type XAccel struct {
	Mounts []Mount
	NginxHints

	// Validators says who decides conditions; 0 means blobdownload.ProxyValidators, which asks no storage, and looks
	// at local files alone. It must fit the location: docs/servers/nginx.conf has one of each kind.
	Validators blobdownload.Validators

	// MaxHeader is how long the head of an answer may be, in bytes; 0 means
	// blobdownload.DefaultMaxHeader. It must fit into the server's proxy_buffer_size.
	MaxHeader int

	once sync.Once
	err  error
}

// Validate returns what is wrong with the configuration, in words that name the field.
func (x *XAccel) Validate() error {
	return errors.Join(
		mounts(x.Mounts).validate("XAccel.Mounts", locationPath),
		x.NginxHints.validate("XAccel"),
		validValidators("XAccel", x.Validators))
}

func (x *XAccel) mounts() mounts { return x.Mounts }

// Optimize answers a redirect to the location where the front server sees the file. A file that lies in no
// mount, or under a name that is not safe to tell, is left as it is.
func (x *XAccel) Optimize(_ *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	x.once.Do(func() { x.err = x.Validate() })
	if x.err != nil {
		return nil, x.err
	}
	m, segments, ok := mounts(x.Mounts).find(d.File.Location())
	if !ok {
		return nil, nil //nolint:nilnil // nil leaves the download as it is
	}
	h := make(http.Header, 4)
	h["X-Accel-Redirect"] = []string{m.Location + escaped(segments)}
	x.NginxHints.set(h)
	return &blobdownload.Redirect{Header: h, StreamedHeader: x.NginxHints.streamed(), Validators: x.Validators, MaxHeader: x.MaxHeader}, nil
}

var plainPath = regexp.MustCompile(`^/([A-Za-z0-9_.~-]+/)+$`)

// locationPath accepts what is the same before and after any server has decoded and cleaned it.
func locationPath(at string) error {
	switch {
	case !strings.HasPrefix(at, "/"):
		return errors.New("does not begin with a slash")
	case !strings.HasSuffix(at, "/"):
		return errors.New("has no slash at its end: another location might begin alike")
	case at == "/":
		return errors.New("is the whole site: name an internal location such as /_files/")
	case !plainPath.MatchString(at) || strings.Contains(at, "/./") || strings.Contains(at, "/../"):
		return errors.New("is not a plain path of letters, digits, '-', '.', '_' and '~'")
	}
	return nil
}

func validValidators(of string, v blobdownload.Validators) error {
	if v > blobdownload.AppValidators {
		return fault(of+".Validators", "is %d: must be blobdownload.ProxyValidators or blobdownload.AppValidators", v)
	}
	return nil
}
