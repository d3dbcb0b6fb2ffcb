package gcs_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

// One budget holds for the time to the first byte, retries included.
func TestE8SilentStoreIsATimeout(t *testing.T) { //nolint:paralleltest // the environment has the service's address
	s := startService(t)
	for name, open := range routes {
		s.put("k", "content")
		f := wrapper.Blob(open(t, s, "bucket"), "k").WithReadOptions(wrapper.ReadOptions{FirstByteTimeout: time.Second})
		for _, head := range []bool{false, true} {
			s.Take()
			s.Refuse(objectserver.Silence)
			_, err := f.Fetch(t.Context(), wrapper.Request{Head: head})
			require.ErrorIs(t, err, context.DeadlineExceeded, "%s, HEAD: %v", name, head)
			assert.Equal(t, http.StatusGatewayTimeout, blobdownload.Status(err))
			assert.Equal(t, []int{0}, objectserver.Statuses(s.Take()), "%s, HEAD: %v: no retry has time left", name, head)
		}
		s.Refuse(objectserver.Silence)
		_, err := f.AsOf(t.Context(), time.Now())
		require.ErrorIs(t, err, context.DeadlineExceeded, "%s: list of versions", name)
	}
}
