package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Check reports whether objects can be read. It needs no permission to list.
func (s *store) Check(ctx context.Context) error {
	resp, err := s.Send(ctx, http.MethodGet, upstream.CheckKey, "", upstream.CheckFields) //nolint:bodyclose // Check closes it
	e, refused := errors.AsType[*wrapper.UpstreamError](err)
	if d, ok := s.route.(*direct); ok && d.signer == nil && s.creds != nil && refused && e.Status == http.StatusForbidden {
		return fmt.Errorf("check: %w", errNoRegion)
	}
	return s.service.Check(resp, err)
}
