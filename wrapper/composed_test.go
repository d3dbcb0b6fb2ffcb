package wrapper_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// The versions of composed content have one length. Ranges that are this far apart are not sent as one.
var (
	firstVersion  = strings.Repeat("A", 200_000)
	secondVersion = strings.Repeat("B", 200_000)
)

// composed are files that read another file, one or two layers deep.
func composed(f *wrapper.File) map[string]*wrapper.File {
	section := func(f *wrapper.File) *wrapper.File { return wrapper.Section("s", f, 0, int64(len(firstVersion))) }
	concat := func(f *wrapper.File) *wrapper.File { return wrapper.Concat("c", f) }
	firstOf := func(f *wrapper.File) *wrapper.File { return new(wrapper.FirstOf).File(f) }
	return map[string]*wrapper.File{
		"file":                    f,
		"section":                 section(f),
		"section to the end":      wrapper.Section("s", f, 0, -1),
		"concat":                  concat(f),
		"first of":                firstOf(f),
		"section of a concat":     section(concat(f)),
		"concat of a section":     concat(section(f)),
		"first of sections":       firstOf(section(f)),
		"section of a first of":   section(firstOf(f)),
		"concat of a first of":    concat(firstOf(f)),
		"first of concats":        firstOf(concat(f)),
		"section, not in one GET": wrapper.Section("s", section(f), 0, -1),
	}
}

func tarOf(f *wrapper.File) *wrapper.File {
	return archive.Tar("t", archive.Member{Name: "n", File: f})
}

// versions is a server of one object that is replaced.
type versions struct {
	mu      sync.Mutex
	content string
	etag    string
	modTime time.Time
}

func (v *versions) put(content, etag string, modTime time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.content, v.etag, v.modTime = content, etag, modTime
}

func (v *versions) serve(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	content, etag, modTime := v.content, v.etag, v.modTime
	v.mu.Unlock()
	if etag != "" {
		w.Header().Set("ETag", etag)
	}
	http.ServeContent(w, r, "", modTime, strings.NewReader(content))
}

// twoRanges fetches two ranges of the content of a file, which replace replaces in between. It returns the bytes of both, or
// the error that shows that they are not of one version.
func twoRanges(t *testing.T, f *wrapper.File, replace func()) (string, error) {
	t.Helper()
	resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=1000-1001,150000-150001"})
	require.NoError(t, err)
	replace()
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Close())
	if len(resp.Ranges) < 2 {
		return string(got), nil
	}
	second, err := resp.Part(1)
	if err != nil {
		return "", err
	}
	return string(got) + readAll(t, second), nil
}

// A weak entity-tag, a date or a length can be that of two versions: two ranges are read one after the other, and must not be
// those of two.
func TestRangesOfComposedContentAreOfOneVersion(t *testing.T) {
	t.Parallel()
	for name, validators := range map[string]wrapper.Info{
		"length alone": {}, "weak tag": {ETag: `W/"e"`}, "date": {ModTime: modified},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := &versions{}
			f := newOrigin(t, v.serve).file(t)
			all := composed(f)
			all["tar"] = tarOf(f)
			for layers, f := range all {
				v.put(firstVersion, validators.ETag, validators.ModTime)
				got, err := twoRanges(t, f, func() { v.put(secondVersion, validators.ETag, validators.ModTime) })
				require.NoError(t, err, layers)
				assert.False(t, strings.Contains(got, "A") && strings.Contains(got, "B"), layers)
			}
		})
	}
	v := &versions{}
	f := newOrigin(t, v.serve).file(t)
	all := composed(f)
	all["tar"] = tarOf(f)
	for layers, f := range all {
		v.put(firstVersion, `"1"`, modified)
		got, err := twoRanges(t, f, func() {})
		require.NoError(t, err, layers)
		assert.Equal(t, "AAAA", got, "%s: a strong entity-tag pins both ranges", layers)
	}
}

// A stored object that is replaced after it was described is another version, under every file that reads it.
func TestMaterializedObjectIsOfOneVersion(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	t.Cleanup(func() { _ = b.Close() })
	put := func(content string) { require.NoError(t, b.WriteAll(t.Context(), "k", []byte(content), nil)) }
	f := func() *wrapper.File { return materialized(wrapper.Bytes("x", []byte(firstVersion)), b, "k") }
	all := composed(f())
	all["tar"] = tarOf(f())
	for layers, f := range all {
		put(firstVersion)
		_, err := twoRanges(t, f, func() { put(secondVersion) })
		require.ErrorIs(t, err, wrapper.ErrChanged, layers)
	}

	put(firstVersion)
	before, err := f().Stat(t.Context())
	require.NoError(t, err)
	r := f().Reader(t.Context())
	_, err = r.Stat()
	require.NoError(t, err)
	put(secondVersion)
	_, err = r.Read(make([]byte, 1))
	require.ErrorIs(t, err, wrapper.ErrChanged)
	require.NoError(t, r.Close())

	for name, info := range map[string]wrapper.Info{"all": before, "tag": {Size: before.Size, ETag: before.ETag}} {
		resp, got, err := download(t.Context(), f().WithInfo(info), wrapper.Request{Range: "bytes=5-", IfRange: before.ETag})
		require.NoError(t, err, name)
		assert.Equal(t, http.StatusOK, resp.Status, "%s: the tag of If-Range is that of the version before", name)
		assert.Equal(t, secondVersion, got, name)
	}
	require.NoError(t, b.Delete(t.Context(), "k"))
	resp, got, err := download(t.Context(), f().WithInfo(before), wrapper.Request{})
	require.NoError(t, err)
	assert.Empty(t, resp.Info.ETag, "the content is generated again")
	assert.Equal(t, firstVersion, got)
}

// Content that is longer than its metadata is not truncated while it is generated.
func TestMaterializedContentThatIsLongerThanItsMetadata(t *testing.T) {
	t.Parallel()
	v := &versions{content: firstVersion}
	remote := newOrigin(t, v.serve).file(t).WithInfo(wrapper.Info{Size: int64(len(firstVersion)) / 2})
	for layers := range composed(remote) {
		b := memblob.OpenBucket(nil)
		t.Cleanup(func() { _ = b.Close() })
		m := materializer(b)
		f := wrapper.Concat("c", wrapper.Bytes("b", []byte("A")), composed(m.File(remote, "k"))[layers])
		_, got, err := download(t.Context(), f, wrapper.Request{})
		if err == nil {
			assert.Equal(t, "A"+firstVersion, got, layers)
		}
		require.NoError(t, m.Shutdown(t.Context()))
	}
}

// The entity-tag of composed content is that of what is read: it is dropped if a file is replaced, after it was described, by
// a version without one.
func TestComposedContentThatLosesItsEntityTag(t *testing.T) {
	t.Parallel()
	for layers := range composed(wrapper.Bytes("x", nil)) {
		t.Run(layers, func(t *testing.T) {
			t.Parallel()
			v := &versions{}
			v.put(firstVersion, `"1"`, time.Time{})
			f := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					v.put(secondVersion, "", time.Time{})
				}
				v.serve(w, r)
			}).file(t)
			for _, f := range []*wrapper.File{composed(f)[layers], wrapper.Concat("c", composed(f)[layers]), tarOf(composed(f)[layers])} {
				v.put(firstVersion, `"1"`, time.Time{})
				resp, got, err := download(t.Context(), f, wrapper.Request{IfMatch: "*", Range: "bytes=1000-150000"})
				require.NoError(t, err)
				assert.Empty(t, resp.Info.ETag)
				assert.NotContains(t, got, "A")
			}
		})
	}
}

// A section has the timeouts of its file, and no others: a connection that stalls is resumed.
func TestStalledConnectionBelowComposedContentIsResumed(t *testing.T) {
	t.Parallel()
	for layers := range composed(wrapper.Bytes("x", nil)) {
		t.Run(layers, func(t *testing.T) {
			t.Parallel()
			var once sync.Once
			o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"e"`)
				stalls := false
				if r.Method == http.MethodGet {
					once.Do(func() { stalls = true })
				}
				if stalls {
					w = &stallingWriter{w, 100_000, r.Context().Done()}
				}
				http.ServeContent(w, r, "", time.Time{}, strings.NewReader(firstVersion))
			})
			options := wrapper.ReadOptions{StallTimeout: 200 * time.Millisecond, ReadAhead: -1}
			f := composed(o.file(t).WithReadOptions(options))[layers].WithReadOptions(options)
			_, got, err := download(t.Context(), f, wrapper.Request{})
			require.NoError(t, err)
			assert.Equal(t, firstVersion, got)
		})
	}
}

// stallingWriter sends n bytes and then no more until done.
type stallingWriter struct {
	http.ResponseWriter
	n    int
	done <-chan struct{}
}

func (s *stallingWriter) Write(p []byte) (int, error) {
	if len(p) < s.n {
		s.n -= len(p)
		return s.ResponseWriter.Write(p)
	}
	_, _ = s.ResponseWriter.Write(p[:s.n])
	_ = http.NewResponseController(s.ResponseWriter).Flush()
	<-s.done
	return 0, io.ErrClosedPipe
}
