package archive_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// The clock of synctest counts the delays of the storage alone.
func TestSmallMembersAreReadAhead(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		options archive.Options
		size    int
		limit   time.Duration // one after the other takes 20 s
		most    int           // requests in flight
	}{
		"64 KiB":       {archive.Options{}, 64 << 10, 4 * time.Second, 32},
		"4 KiB":        {archive.Options{}, 4 << 10, 2500 * time.Millisecond, 32},
		"few requests": {archive.Options{Parallel: 2}, 4 << 10, 21 * time.Second, 2},
		"few bytes":    {archive.Options{ReadAhead: 256 << 10}, 64 << 10, 8 * time.Second, 32},
		"off":          {archive.Options{ReadAhead: -1}, 4 << 10, 21 * time.Second, 32},
	} {
		for kind, of := range map[string]func(archive.Options, string, ...archive.Member) *wrapper.File{
			"zip": archive.Options.Zip, "tar": archive.Options.Tar,
		} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newStore(numbered(1000, tc.size))
					s.delay = 20 * time.Millisecond
					start := time.Now()
					resp, err := of(tc.options, "x", s.members(1000)...).Fetch(t.Context(), wrapper.Request{})
					require.NoError(t, err)
					_, err = io.Copy(io.Discard, struct{ io.Reader }{resp.Body})
					require.NoError(t, err)
					require.NoError(t, resp.Close())
					assert.LessOrEqual(t, time.Since(start), tc.limit)
					assert.Len(t, s.log(), 2000, "a description and a read of each")
					assert.Equal(t, tc.most, s.most)
				})
			})
		}
	}
}

// A client that reads slowly holds a few members in memory, and not all that the limits allow.
func TestASlowClientHoldsFewMembers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStore(numbered(100, 10_000))
		s.delay = 20 * time.Millisecond
		r, err := archive.Tar("x", s.members(100)...).Open(t.Context(), 0, -1)
		require.NoError(t, err)
		s.log()
		for range 50 {
			_, err := io.ReadFull(r, make([]byte, 5000))
			require.NoError(t, err)
			time.Sleep(time.Second)
		}
		assert.Less(t, len(s.log()), 25+8)
		require.NoError(t, r.Close())
	})
}

func TestReadAheadStopsWithTheWindow(t *testing.T) {
	t.Parallel()
	s := newStore(numbered(100, 512))
	f := archive.Tar("x", s.members(100)...)
	got := window(t, f, 10*1024+512, 1024+512+1)
	assert.Len(t, got, 1537)
	assert.ElementsMatch(t, []string{"open 10", "open 11"}, opens(s))
}

func TestALeavingClientEndsAllRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStore(numbered(100, 10_000))
		s.delay = time.Hour
		members := s.members(100)
		for i := range members {
			members[i].File = members[i].File.WithInfo(infoOf(s.objects[members[i].Name])).
				WithReadOptions(wrapper.ReadOptions{FirstByteTimeout: 10 * time.Hour})
		}
		f := archive.Tar("x", members...).WithReadOptions(wrapper.ReadOptions{FirstByteTimeout: 10 * time.Hour})
		r, err := f.Open(t.Context(), 0, 512) // the first header alone
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Empty(t, opens(s))
		r, err = f.Open(t.Context(), 100, 20_000)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		synctest.Wait()
		assert.Zero(t, s.inFlight)
	})
}

// A failing read-ahead fails the download at its member, not before.
func TestAFailureOfReadAheadComesAtItsMember(t *testing.T) {
	t.Parallel()
	s := newStore(numbered(20, 1000))
	f := archive.Tar("x", s.members(20)...)
	r, err := f.Open(t.Context(), 0, -1)
	require.NoError(t, err)
	s.mu.Lock()
	delete(s.objects, "19")
	s.mu.Unlock()
	got, err := io.ReadAll(r)
	require.Error(t, err)
	require.ErrorContains(t, err, `tar: "19"`)
	assert.Len(t, got, 19*1536+512)
	require.NoError(t, r.Close())
}

func TestSeveralRangesAreOneVersion(t *testing.T) {
	t.Parallel()
	s := newStore(map[string]string{"a": strings.Repeat("a", 100_000)})
	f := archive.Zip("x", s.member("a"))
	resp, err := f.Fetch(t.Context(), wrapper.Request{Range: "bytes=100-199,90000-90099"})
	require.NoError(t, err)
	defer resp.Close()
	require.Equal(t, http.StatusPartialContent, resp.Status)
	stats := len(s.log()) - 1
	part, err := resp.Part(1)
	require.NoError(t, err)
	got, err := io.ReadAll(part)
	require.NoError(t, err)
	require.NoError(t, part.Close())
	assert.Equal(t, strings.Repeat("a", 100), string(got))
	assert.Equal(t, 1, stats, "described once")
	assert.Len(t, opens(s), 1)
	s.put("a", strings.Repeat("b", 100_000))
	part, err = resp.Part(1)
	if err == nil {
		_, err = io.ReadAll(part)
		require.NoError(t, part.Close())
	}
	require.ErrorIs(t, err, wrapper.ErrChanged)
}
