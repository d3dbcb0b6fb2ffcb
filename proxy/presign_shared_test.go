package proxy_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A signature may be a remote call, as it is for Google Cloud Storage by IAM.
func TestE12FirstRequestsForOneURLShareItsSignature(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source, d := signedObject("k", func(wrapper.SignOptions) (string, error) {
			time.Sleep(time.Second)
			return "https://store.example/k?sig=1", nil
		})
		p := new(proxy.Presign)
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				to, err := p.Optimize(getRequest, d)
				require.NoError(t, err)
				assert.Equal(t, "https://store.example/k?sig=1", to.Header.Get("Location"))
			})
		}
		all.Wait()
		assert.EqualValues(t, 1, source.count.Load())
	})
}

// A client that leaves does not take the signature from the others, and waits no longer.
func TestE12ClientThatLeavesDoesNotCancelTheSignature(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source, d := signedObject("k", func(wrapper.SignOptions) (string, error) {
			time.Sleep(time.Second)
			return "https://store.example/k?sig=1", nil
		})
		p := new(proxy.Presign)
		ctx, leave := context.WithCancel(t.Context())
		go func() {
			time.Sleep(time.Millisecond)
			leave()
		}()
		_, err := p.Optimize(httptest.NewRequestWithContext(ctx, "GET", "/", nil), d)
		require.ErrorIs(t, err, context.Canceled)
		_, err = p.Optimize(getRequest, d)
		require.NoError(t, err)
		assert.EqualValues(t, 1, source.count.Load())
	})
}

func TestE12FailedSignatureIsNotKept(t *testing.T) {
	t.Parallel()
	failing := errors.New("no key")
	for name, sign := range map[string]func(wrapper.SignOptions) (string, error){
		"error": func(wrapper.SignOptions) (string, error) { return "", failing },
		"panic": func(wrapper.SignOptions) (string, error) { panic("signer") },
	} {
		source, d := signedObject("k", sign)
		p := new(proxy.Presign)
		for range 2 {
			_, err := p.Optimize(getRequest, d)
			require.Error(t, err, name)
		}
		assert.EqualValues(t, 2, source.count.Load(), name)
	}
}
