package wrapper_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

func TestI4ContentWithoutIdentityIsNotCached(t *testing.T) {
	t.Parallel()
	a, b := newCountingSource(digits), newCountingSource("abc")
	b.info.ETag = `"b"`
	for name, store := range map[string]string{"no location": "", "a store's name": "docs"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cache := wrapper.NewInfoCache(10, time.Minute)
			for range 2 {
				resp, err := wrapper.New("a", a).WithStore(store).WithInfoCache(cache).Fetch(t.Context(), wrapper.Request{})
				require.NoError(t, err)
				assert.Equal(t, digits, readAll(t, resp.Body))
				resp, err = wrapper.New("b", b).WithStore(store).WithInfoCache(cache).Fetch(t.Context(), wrapper.Request{Head: true, IfNoneMatch: `"v1"`})
				require.NoError(t, err)
				assert.Equal(t, http.StatusOK, resp.Status)
				assert.Equal(t, `"b"`, resp.Info.ETag)
				assert.Equal(t, int64(3), resp.Info.Size)
			}
		})
	}
}

func TestI5TheMetadataOfOneViewIsNotCached(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, []byte(digits))
	f := s.file().WithInfoCache(wrapper.NewInfoCache(10, time.Minute))
	view := f.WithInfo(wrapper.Info{ContentType: "text/x-mine", ContentLanguage: "de"})
	for _, req := range []wrapper.Request{{}, {Range: "bytes=0-0,5-5"}, {Head: true}} {
		resp, err := view.Fetch(t.Context(), req)
		require.NoError(t, err)
		require.NoError(t, resp.Close())
		assert.Equal(t, "text/x-mine", resp.Info.ContentType)
		assert.Equal(t, "de", resp.Info.ContentLanguage)
		resp, err = f.Fetch(t.Context(), wrapper.Request{Head: true})
		require.NoError(t, err)
		assert.Equal(t, "text/plain", resp.Info.ContentType)
		assert.Empty(t, resp.Info.ContentLanguage)
	}
	assert.Equal(t, int64(2), s.requests.Load(), "the whole, and one part")
}

func TestInfoCacheEvictsTheLeastRecentlyUsedEntry(t *testing.T) {
	t.Parallel()
	s := newFaultyStore(t, []byte(digits))
	cache := wrapper.NewInfoCache(2, time.Minute)
	head := func(key string) {
		resp, err := wrapper.Blob(s.bucket, key).WithInfoCache(cache).Fetch(t.Context(), wrapper.Request{Head: true})
		require.NoError(t, err)
		require.NoError(t, resp.Close())
	}
	for _, key := range []string{"a", "b", "a", "c", "a", "b"} {
		head(key)
	}
	assert.Equal(t, int64(4), s.requests.Load(), "a, b, c, and b again")
}
