package providers_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/azureblob"

	"github.com/go-downloadview/downloadview/internal/e2e/azureserver"
	"github.com/go-downloadview/downloadview/internal/e2e/gcsserver"
	"github.com/go-downloadview/downloadview/internal/e2e/wirecount"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The error of a wrong configuration names its remedy and contains no signature.
func TestAzureRefusalsSayWhy(t *testing.T) {
	azure := azureserver.Start(t)
	azure.Bucket(t, "there", wirecount.New(t))
	front := azure.Front(t, wirecount.New(t))
	for name, tt := range map[string]struct{ container, key, says string }{
		"no object":    {"there", "none", "upstream returned 404 Not Found (BlobNotFound)"},
		"no container": {"missing", "k", "Azure container \"missing\": the container does not exist in this account: upstream returned 404 Not Found (ContainerNotFound)"},
	} {
		_, err := wrapper.Blob(openURL(t, front.URL(t, tt.container)), tt.key).Fetch(t.Context(), wrapper.Request{})
		require.ErrorIs(t, err, fsErrNotExist, name)
		assert.ErrorContains(t, err, tt.says, name)
	}
	there := front.URL(t, "there")
	t.Setenv("AZURE_STORAGE_KEY", "bm90LXRoZS1rZXk=")
	_, err := wrapper.Blob(openURL(t, there), "k").Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, fs.ErrPermission)
	require.ErrorContains(t, err, "Azure container \"there\": the credentials may not read the object, or not from this network: upstream returned 403 Forbidden (AuthorizationFailure)",
		"the service itself says AuthenticationFailed")
	assert.NotContains(t, err.Error(), "bm90LXRoZS1rZXk")
	assert.NotContains(t, err.Error(), "SharedKey")
}

// shifted is a service whose clock is an hour ahead. It rejects requests of another time, and returns the content
// otherwise.
type shifted struct {
	refused, passed atomic.Int64
}

func (s *shifted) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	now := time.Now().Add(time.Hour)
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	w.Header().Set("X-Ms-Request-Id", "1")
	at, _ := http.ParseTime(r.Header.Get("X-Ms-Date"))
	if now.Sub(at).Abs() > 15*time.Minute {
		s.refused.Add(1)
		w.Header().Set("X-Ms-Error-Code", "AuthenticationFailed")
		w.WriteHeader(http.StatusForbidden)
		return w.Result(), nil
	}
	s.passed.Add(1)
	w.Header().Set("ETag", `"0x1"`)
	_, _ = w.WriteString("content")
	return w.Result(), nil
}

// A clock that is off by an hour costs one rejection of each request in flight, and no later one.
func TestAzureClockThatIsWrong(t *testing.T) {
	s := &shifted{}
	b := openURL(t, azureserver.Start(t).Front(t, s).URL(t, "there"))
	const first = 8
	var all sync.WaitGroup
	for range first {
		all.Go(func() {
			resp, err := wrapper.Blob(b, "k").Fetch(t.Context(), wrapper.Request{})
			if assert.NoError(t, err) {
				assert.NoError(t, resp.Close())
			}
		})
	}
	all.Wait()
	refused := s.refused.Load()
	assert.LessOrEqual(t, refused, int64(first))
	for range 3 {
		_, body := fetch(t, wrapper.Blob(b, "k"), wrapper.Request{})
		assert.Equal(t, "content", string(body))
	}
	assert.Equal(t, refused, s.refused.Load())
	assert.Equal(t, int64(first+3), s.passed.Load())
}

// The SDK does not retry on its own, and its error contains no signature.
func TestAzureSDKLane(t *testing.T) {
	var requests atomic.Int64
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(down.Close)
	c, err := container.NewClientWithNoCredential(down.URL+"/account/docs?sig=secret", nil)
	require.NoError(t, err)
	b, err := azureblob.OpenBucket(t.Context(), c, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	f := wrapper.Blob(b, "k").WithReadOptions(wrapper.ReadOptions{Retries: -1})
	_, err = f.Fetch(t.Context(), wrapper.Request{})
	require.ErrorContains(t, err, "503")
	assert.Equal(t, int64(1), requests.Load())
	down.CloseClientConnections()
	down.Close()
	_, err = f.Fetch(t.Context(), wrapper.Request{})
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "secret")
}

// The endpoint of another service is a failed storage, not a missing object.
func TestForeignEndpoints(t *testing.T) {
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bucket/refused" {
			w.WriteHeader(http.StatusForbidden)
		}
		_, _ = w.Write([]byte("<html>welcome"))
	}))
	t.Cleanup(foreign.Close)
	way := foreign.Listener.Addr().String()
	gcsserver.Start(t, http.DefaultTransport.(*http.Transport).Clone())
	t.Setenv("STORAGE_EMULATOR_HOST", way)
	t.Setenv("AZURE_STORAGE_ACCOUNT", azureserver.Account)
	t.Setenv("AZURE_STORAGE_KEY", azureserver.Key)
	for _, url := range []string{"gs://bucket", "azblob://bucket?localemu=true&protocol=http&domain=" + way} {
		b := openURL(t, url)
		for _, key := range []string{"k", "refused"} {
			_, err := wrapper.Blob(b, key).Fetch(t.Context(), wrapper.Request{})
			require.ErrorContains(t, err, "is it the endpoint of", "%s %s", url, key)
			assert.NotErrorIs(t, err, fsErrNotExist)
		}
	}
}
