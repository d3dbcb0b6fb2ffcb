package proxy

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// NginxHints are settings of nginx for one response, sent in header fields that nginx removes. Caddy ignores them.
type NginxHints struct {
	// Buffering sets X-Accel-Buffering of a download that is streamed, because proxies interpret its request
	// differently. Nil sends no field. It does not affect what nginx sends itself.
	Buffering *bool

	LimitRate int64         // bytes per second for this client; 0 sends no field
	Expires   time.Duration // lifetime in nginx's cache, in whole seconds; 0 sends no field, a negative one disables caching
	// NoLimitRate states that the proxy ignores X-Accel-Limit-Rate, as Caddy does. Downloads with a
	// blobdownload.RateLimit are then streamed.
	NoLimitRate bool

	Charset string // one of the configuration's charset directives; "" sends no field. Prefer Content-Type.
}

var token = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]+$`)

func (h *NginxHints) validate(of string) error {
	var errs []error
	if h.LimitRate < 0 {
		errs = append(errs, fault(of+".LimitRate", "%d: negative", h.LimitRate))
	}
	if h.Expires > 0 && h.Expires < time.Second {
		errs = append(errs, fault(of+".Expires", "%v: below 1s, which disables caching; want at least 1s, or a negative value", h.Expires))
	}
	if h.Charset != "" && !token.MatchString(h.Charset) {
		errs = append(errs, fault(of+".Charset", "%q is not the name of a charset", h.Charset))
	}
	return errors.Join(errs...)
}

// streamed returns the fields for a response that the application streams instead of offloading it.
func (h *NginxHints) streamed() http.Header {
	to := make(http.Header, 2)
	if h.Buffering != nil {
		to["X-Accel-Buffering"] = []string{map[bool]string{true: "yes", false: "no"}[*h.Buffering]}
	}
	h.setLimitRate(to)
	return to
}

func (h *NginxHints) set(to http.Header) {
	h.setLimitRate(to)
	if h.Expires != 0 {
		to["X-Accel-Expires"] = []string{strconv.FormatInt(max(0, int64(h.Expires/time.Second)), 10)}
	}
	if h.Charset != "" {
		to["X-Accel-Charset"] = []string{h.Charset}
	}
}

// rateField returns the name of the field that limits a response's rate, or "".
func (h *NginxHints) rateField() string {
	if h.NoLimitRate {
		return ""
	}
	return "X-Accel-Limit-Rate"
}

func (h *NginxHints) setLimitRate(to http.Header) {
	if h.LimitRate > 0 {
		to["X-Accel-Limit-Rate"] = []string{strconv.FormatInt(h.LimitRate, 10)}
	}
}
