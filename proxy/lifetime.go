package proxy

import (
	"errors"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Lifetime is how long signed URLs are valid, and how long a download keeps one URL. A permission that is revoked
// takes effect when the URLs that were sent before have expired.
type Lifetime struct {
	// Expiry is the time for which a URL is valid at least, from when it is sent. 0 means 5 minutes. Below one
	// second, or above 7 days together with Window, it is an error.
	Expiry time.Duration

	// Window is the time for which all clients get the same URL, so that browsers and CDNs can cache the response.
	// 0 means Expiry. A URL is valid for Expiry and one Window at most. Below one second it is an error.
	Window time.Duration

	// Now is the clock. nil means time.Now.
	Now func() time.Time
}

func (l *Lifetime) validate(of string) error {
	var errs []error
	if e := l.expiry(); e < time.Second || e+l.window() > wrapper.MaxExpiry {
		errs = append(errs, fault(of+".Expiry", "%v: must be at least 1s, and with Window (%v) at most %v",
			e, l.window(), wrapper.MaxExpiry))
	}
	if l.window() < time.Second {
		errs = append(errs, fault(of+".Window", "%v: must be at least 1s", l.Window))
	}
	return errors.Join(errs...)
}

func (l *Lifetime) expiry() time.Duration {
	if l.Expiry == 0 {
		return wrapper.DefaultExpiry
	}
	return l.Expiry
}

func (l *Lifetime) window() time.Duration {
	if l.Window == 0 {
		return l.expiry()
	}
	return l.Window
}

func (l *Lifetime) now() time.Time {
	if l.Now != nil {
		return l.Now()
	}
	return time.Now()
}
