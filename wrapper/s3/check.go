package s3

import (
	"context"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// Check reports whether objects can be read. It needs no permission to list.
func (s *store) Check(ctx context.Context) error {
	return s.service.Check(s.Send(ctx, http.MethodGet, upstream.CheckKey, "", upstream.CheckFields)) //nolint:bodyclose // Check closes it
}
