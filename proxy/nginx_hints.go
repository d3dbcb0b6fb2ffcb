package proxy

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// NginxHints are what nginx may be told besides, by fields that it keeps to itself. Caddy knows none of them.
type NginxHints struct {
	// Buffering switches X-Accel-Buffering of what is streamed after all, because a front server would read the
	// request in its own way; nil says nothing. It has no bearing on what nginx sends by itself.
	Buffering *bool

	LimitRate int64         // bytes a second for this client; 0 says nothing
	Expires   time.Duration // of nginx's own cache, whole seconds; 0 says nothing, a negative one keeps nothing
	Charset   string        // one that the configuration's charset directive names; better, state it in Content-Type
}

var token = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]+$`)

func (h *NginxHints) validate(of string) error {
	var errs []error
	if h.LimitRate < 0 {
		errs = append(errs, fault(of+".LimitRate", "%d is negative", h.LimitRate))
	}
	if h.Expires > 0 && h.Expires < time.Second {
		errs = append(errs, fault(of+".Expires", "%v is less than a second, which nginx reads as never", h.Expires))
	}
	if h.Charset != "" && !token.MatchString(h.Charset) {
		errs = append(errs, fault(of+".Charset", "%q is not the name of a charset", h.Charset))
	}
	return errors.Join(errs...)
}

// streamed are the fields of an answer that the application streams in place of the one that was handed over.
func (h *NginxHints) streamed() http.Header {
	to := make(http.Header, 2)
	if h.Buffering != nil {
		to["X-Accel-Buffering"] = []string{map[bool]string{true: "yes", false: "no"}[*h.Buffering]}
	}
	if h.LimitRate > 0 {
		to["X-Accel-Limit-Rate"] = []string{strconv.FormatInt(h.LimitRate, 10)}
	}
	return to
}

func (h *NginxHints) set(to http.Header) {
	if h.LimitRate > 0 {
		to["X-Accel-Limit-Rate"] = []string{strconv.FormatInt(h.LimitRate, 10)}
	}
	if h.Expires != 0 {
		to["X-Accel-Expires"] = []string{strconv.FormatInt(max(0, int64(h.Expires/time.Second)), 10)}
	}
	if h.Charset != "" {
		to["X-Accel-Charset"] = []string{h.Charset}
	}
}
