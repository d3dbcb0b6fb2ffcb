package upstream

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
)

// CheckKey is the key of the request that a permission check sends. No object needs to exist under it.
const CheckKey = ".downloadview-check"

// CheckFields are the header fields of the request that a permission check sends.
var CheckFields = http.Header{"Range": {"bytes=0-0"}}

// Check reports whether objects can be read, by the response for an object that need not exist: nil, or the reason why
// not. Credentials that may read without listing get the same response as those that may do neither: that is nil, and
// is logged once.
func (s *Service) Check(resp *http.Response, err error) error {
	if err == nil {
		return resp.Body.Close()
	}
	e, ok := errors.AsType[*refused](err)
	if !ok {
		return err
	}
	switch e.kind {
	case Missing:
		return nil
	case Unclear:
		if s.unclear.CompareAndSwap(false, true) {
			slog.Warn("permission check: the store denies an object that does not exist. The credentials may read without listing, "+
				"or may not read at all.", "store", s.Bucket)
		}
		return nil
	default:
		return fmt.Errorf("check: %w", err)
	}
}
