package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func memBucket(t *testing.T, keys ...string) *wrapper.Bucket {
	t.Helper()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	for _, key := range keys {
		require.NoError(t, b.WriteAll(t.Context(), key, []byte(key), &blob.WriterOptions{DisableContentTypeDetection: true}))
	}
	return wrapper.NewBucket(b)
}

func entryNames(entries []listEntry) (all []string) {
	for _, e := range entries {
		all = append(all, e.Name)
	}
	return all
}

func TestListPageSeparatesFoldersFromFiles(t *testing.T) {
	t.Parallel()
	b := memBucket(t, "B.txt", "a.txt", "sub/one", "sub/two", "sub/deep/three", ".hidden/x", "sub2/x", "wide//x", "sub/")
	root, err := listPage(t.Context(), b, listQuery{Show: func(key string) bool { return !strings.HasPrefix(key, ".") }})
	require.NoError(t, err)
	assert.Equal(t, []string{"sub", "sub2", "wide"}, entryNames(root.Folders))
	assert.Equal(t, []string{"a.txt", "B.txt"}, entryNames(root.Files), "capital letters do not sort first")
	assert.Empty(t, root.Next)

	sub, err := listPage(t.Context(), b, listQuery{Prefix: "sub/"})
	require.NoError(t, err)
	assert.Equal(t, []string{"deep"}, entryNames(sub.Folders))
	assert.Equal(t, []string{"one", "two"}, entryNames(sub.Files), "the object that stands for the folder is no entry")

	begins, err := listPage(t.Context(), b, listQuery{Begins: "sub"})
	require.NoError(t, err)
	assert.Equal(t, []string{"sub", "sub2"}, entryNames(begins.Folders))
	assert.Empty(t, begins.Files)
}

func TestListPageSortsWithinThePage(t *testing.T) {
	t.Parallel()
	b := memBucket(t, "a", "bbb", "cc", "d1/x", "d2/x")
	for _, tc := range []struct {
		sort string
		desc bool
		want string
	}{{"", false, "a bbb cc"}, {"name", true, "cc bbb a"}, {"size", false, "a cc bbb"}, {"size", true, "bbb cc a"}, {"nonsense", false, "a bbb cc"}} {
		l, err := listPage(t.Context(), b, listQuery{Sort: tc.sort, Desc: tc.desc})
		require.NoError(t, err)
		assert.Equal(t, tc.want, strings.Join(entryNames(l.Files), " "), tc)
	}
}

// G1: all keys are reachable, and each page costs one listing call.
func TestG1EveryKeyIsOnOnePage(t *testing.T) {
	t.Parallel()
	var keys []string
	for i := range 20_029 {
		keys = append(keys, fmt.Sprintf("%05d.txt", i))
	}
	b := memBucket(t, keys...)
	var found []string
	pages := 0
	for token := ""; ; pages++ {
		l, err := listPage(t.Context(), b, listQuery{Token: token, Size: maxPageSize})
		require.NoError(t, err)
		found = append(found, entryNames(l.Files)...)
		if token = l.Next; token == "" {
			break
		}
	}
	assert.Equal(t, 20, pages)
	assert.Equal(t, keys, found)
}

// The first page of 100,000 keys.
func TestFirstPageCostsAtMostTwoListingCalls(t *testing.T) {
	t.Parallel()
	var keys []string
	for i := range 50_000 {
		keys = append(keys, fmt.Sprintf("%05d", i), fmt.Sprintf(".%05d", i))
	}
	recorded := storagetest.Record(t, memBucket(t, keys...).Bucket)
	for name, tc := range map[string]struct {
		show  func(string) bool
		calls int
		files int
	}{
		"the first entries are shown":  {func(string) bool { return true }, 1, 200},
		"the first entries are hidden": {func(key string) bool { return key[0] != '.' }, 2, 0},
	} {
		recorded.Reset()
		l, err := listPage(t.Context(), wrapper.NewBucket(recorded.Bucket), listQuery{Show: tc.show})
		require.NoError(t, err, name)
		assert.Len(t, l.Files, tc.files, name)
		assert.NotEmpty(t, l.Next, name)
		assert.Len(t, recorded.Calls(), tc.calls, name)
	}
}

func TestListPageRejectsATokenThatIsNone(t *testing.T) {
	t.Parallel()
	_, err := listPage(t.Context(), memBucket(t), listQuery{Token: "%%"})
	assert.ErrorIs(t, err, errToken)
	w := get(t, handlerOf(t, map[string]string{"a": ""}), "/b/docs/?after=!!")
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Contains(t, w.Body.String(), "Start at the first page")
}

func getJSON(t *testing.T, h http.Handler, target string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
