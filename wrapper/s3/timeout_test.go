package s3_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

// One budget holds for the time to the first byte, retries included.
func TestE8SilentStoreIsATimeout(t *testing.T) {
	t.Parallel()
	for name, change := range routes {
		s := startObjects(t)
		put(s, "k", "content")
		f := wrapper.Blob(openBucket(t, s.URL, change), "k").WithReadOptions(wrapper.ReadOptions{FirstByteTimeout: time.Second})
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

// silentCredentials is a service of credentials that does not respond. The SDK's cache calls it with a context that never ends.
type silentCredentials struct{ end <-chan struct{} }

func (s silentCredentials) Retrieve(context.Context) (aws.Credentials, error) {
	<-s.end
	return aws.Credentials{}, errors.New("ended")
}

func TestE8SilentCredentialsAreATimeout(t *testing.T) {
	t.Parallel()
	end := make(chan struct{})
	t.Cleanup(func() { close(end) })
	for name, change := range routes {
		s := startObjects(t)
		f := wrapper.Blob(openBucket(t, s.URL, change, func(o *s3.Options) {
			o.Credentials = aws.NewCredentialsCache(silentCredentials{end})
		}), "k").WithReadOptions(wrapper.ReadOptions{FirstByteTimeout: time.Second})
		_, err := f.SignedURL(t.Context(), wrapper.SignOptions{})
		require.ErrorIs(t, err, context.DeadlineExceeded, name)
		_, err = f.Fetch(t.Context(), wrapper.Request{})
		require.ErrorIs(t, err, context.DeadlineExceeded, name)
		_, err = f.AsOf(t.Context(), time.Now())
		require.ErrorIs(t, err, context.DeadlineExceeded, name)
		assert.Empty(t, s.Take())
	}
}
