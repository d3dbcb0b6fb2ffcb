package azure_test

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
func TestE8SilentStoreIsATimeout(t *testing.T) { //nolint:paralleltest // the service's log is one
	for name, open := range routes {
		put("silent/k", "content")
		f := wrapper.Blob(open(t, "silent"), "k").WithReadOptions(wrapper.ReadOptions{FirstByteTimeout: time.Second})
		for _, head := range []bool{false, true} {
			service.Take()
			service.Refuse(objectserver.Silence)
			_, err := f.Fetch(t.Context(), wrapper.Request{Head: head})
			require.ErrorIs(t, err, context.DeadlineExceeded, "%s, HEAD: %v", name, head)
			assert.Equal(t, http.StatusGatewayTimeout, blobdownload.Status(err))
			assert.Equal(t, []int{0}, objectserver.Statuses(service.Take()), "%s, HEAD: %v: no retry has time left", name, head)
		}
	}
	f := wrapper.Blob(openURL(t, "silent"), "k").WithReadOptions(wrapper.ReadOptions{FirstByteTimeout: time.Second})
	service.Refuse(objectserver.Silence)
	_, err := f.AsOf(t.Context(), time.Now())
	require.ErrorIs(t, err, context.DeadlineExceeded, "list of versions")
}
