package s3_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// E2: a store sends a part of a refusal's body, and then nothing.
func TestE2SilentBodyOfARefusalIsGivenUp(t *testing.T) {
	t.Parallel()
	for route, change := range routes {
		for status, want := range map[int]error{403: fs.ErrPermission, 412: nil, 500: nil} {
			t.Run(fmt.Sprint(route, " ", status), func(t *testing.T) {
				t.Parallel()
				s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Length", "1000")
					w.Header().Set("X-Amz-Request-Id", "TX1")
					w.WriteHeader(status)
					_, _ = w.Write([]byte("<Error>"))
					_ = http.NewResponseController(w).Flush()
					<-r.Context().Done()
				}))
				t.Cleanup(s.Close)
				f := wrapper.Blob(openBucket(t, s.URL, change), "k").WithLimiter(wrapper.NewLimiter(1, time.Minute))
				f = f.WithReadOptions(wrapper.ReadOptions{Retries: -1})
				req := wrapper.Request{}
				if status == http.StatusPreconditionFailed {
					req.IfMatch = `"v"`
				}
				resp, err := f.Fetch(t.Context(), req)
				switch {
				case status == http.StatusPreconditionFailed:
					require.NoError(t, err)
					assert.Equal(t, status, resp.Status)
				case want != nil:
					require.ErrorIs(t, err, want)
				default:
					refused, ok := errors.AsType[*wrapper.UpstreamError](err)
					require.True(t, ok, "%v", err)
					assert.Equal(t, status, refused.Status)
				}
			})
		}
	}
}
