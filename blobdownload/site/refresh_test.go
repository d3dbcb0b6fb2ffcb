package site_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/blobdownload/site"
	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

func (f *fixture) lists() int { return f.bucket.Requests(storagetest.OpList) }

// ST10: many requests at once share one listing.
func TestConcurrentRequestsShareOneListing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, f := newListedSite(t, []string{"blog/index.html"}, nil)
		b.list = func(context.Context) { time.Sleep(time.Second) }
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() { assert.Equal(t, 308, f.do(t, http.MethodGet, "/blog").Code) })
		}
		all.Wait()
		assert.Equal(t, int64(1), b.calls.Load())
	})
}

// The list of keys is refreshed by age: in the background, or before a response that would be based on a very old list.
func TestListIsRefreshedByAge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, pages, func(s *site.Site) { s.MaxAge = time.Minute })
		get := func(path string) int { return f.do(t, http.MethodGet, path).Code }
		assert.Equal(t, 404, get("/new"))
		f.bucket.Put("new.html", "<title>new</title>")
		time.Sleep(59 * time.Second)
		assert.Equal(t, []int{404, 1}, []int{get("/new"), f.lists()}, "a page with a clean URL stays unseen")
		time.Sleep(2 * time.Second)
		assert.Equal(t, 404, get("/new"), "the response does not wait for the listing")
		synctest.Wait()
		assert.Equal(t, []int{200, 2}, []int{get("/new"), f.lists()})

		f.bucket.Remove("new.html")
		assert.Equal(t, 404, get("/new"), "a deleted object is missing at once")
		f.bucket.Put("later.html", "<title>later</title>")
		time.Sleep(3 * time.Minute)
		assert.Equal(t, []int{200, 3}, []int{get("/later"), f.lists()}, "the response waits: the list is older than twice MaxAge")
	})
}

// A page that has just been deployed refers to assets that no listing has shown.
func TestNewAssetsAreServedAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t, pages, withFallback)
	require.Equal(t, 200, f.do(t, http.MethodGet, "/").Code)
	f.bucket.Put("app.0a1b2c3d.js", "new app")
	f.bucket.Put("index.html", "new home")
	f.bucket.Reset()
	assert.Equal(t, "new home", f.do(t, http.MethodGet, "/").Body.String())
	w := f.do(t, http.MethodGet, "/app.0a1b2c3d.js", "Accept-Encoding", "br")
	assert.Equal(t, "new app", w.Body.String())
	assert.Contains(t, w.Header().Get("Cache-Control"), "immutable")
	assert.Equal(t, []string{"index.html", "app.0a1b2c3d.js"}, f.requested(), "one request each")
	f.bucket.Put("new.html", "new page")
	require.NoError(t, f.Check(t.Context()))
	assert.Equal(t, "new page", f.do(t, http.MethodGet, "/new").Body.String(), "Check lists anew")
}

// ST11: a failed listing is a 502 whose cause is in the log. A site that was listed before stays up.
func TestFailedListing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, pages, withFallback)
		down := storagetest.Fault{Op: storagetest.OpList, Nth: 1, Action: storagetest.Fail(errors.New("the bucket is down"))}
		f.bucket.Fault(down)
		for range 3 {
			w := f.do(t, http.MethodGet, "/")
			assert.Equal(t, 502, w.Code)
			assert.Equal(t, "Bad Gateway\n", w.Body.String())
		}
		assert.Equal(t, 1, f.lists(), "the failure is remembered for a second")
		assert.Contains(t, f.log.String(), `level=ERROR msg="site listing failed" error="site: list \"\" of storage \"www\": `)
		assert.Contains(t, f.log.String(), "the bucket is down")
		time.Sleep(time.Second)
		assert.Equal(t, []int{200, 2}, []int{f.do(t, http.MethodGet, "/").Code, f.lists()})

		time.Sleep(time.Hour)
		f.bucket.Fault(down)
		for range 3 {
			assert.Equal(t, 200, f.do(t, http.MethodGet, "/").Code, "by the old list")
		}
		assert.Equal(t, 3, f.lists(), "a failure is repeated after ten seconds")
		time.Sleep(10 * time.Second)
		assert.Equal(t, 200, f.do(t, http.MethodGet, "/").Code)
		synctest.Wait()
		assert.Equal(t, 4, f.lists())
	})
}

// A client that leaves during the listing does not end it for the others. A listing has a time limit.
func TestClientThatLeavesDuringTheListing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, f := newListedSite(t, []string{"blog/index.html"}, nil)
		b.list = func(context.Context) { time.Sleep(time.Second) }
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		require.ErrorIs(t, f.Check(ctx), context.DeadlineExceeded)
		assert.Equal(t, 308, f.do(t, http.MethodGet, "/blog").Code)
		assert.Equal(t, int64(1), b.calls.Load())

		b, f = newListedSite(t, nil, nil)
		b.list = func(ctx context.Context) { <-ctx.Done() }
		start := time.Now()
		assert.Equal(t, 504, f.do(t, http.MethodGet, "/blog").Code)
		assert.Equal(t, time.Minute, time.Since(start))
		synctest.Wait()
		assert.Equal(t, 504, f.do(t, http.MethodGet, "/blog").Code, "remembered")
		assert.Equal(t, int64(1), b.calls.Load())
	})
}

// A listing that never ends delays one response, by its time limit, and leaves the old list in use.
func TestListingThatNeverEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, f := newListedSite(t, []string{"about.html"}, nil)
		require.Equal(t, 308, f.do(t, http.MethodGet, "/about.html").Code)
		time.Sleep(time.Hour)
		released := make(chan struct{})
		b.set(func(context.Context) { <-released }, "about.html")
		for _, want := range []time.Duration{time.Minute, 0, 0} {
			start := time.Now()
			assert.Equal(t, 308, f.do(t, http.MethodGet, "/about.html").Code)
			assert.Equal(t, want, time.Since(start))
		}
		assert.Equal(t, int64(2), b.calls.Load())
		assert.Equal(t, 1, strings.Count(f.log.String(), "site listing failed"))

		time.Sleep(time.Minute)
		b.set(func(context.Context) {}, "about.html", "blog/index.html")
		require.Equal(t, 404, f.do(t, http.MethodGet, "/blog").Code)
		synctest.Wait()
		require.Equal(t, 308, f.do(t, http.MethodGet, "/blog").Code)
		close(released)
		synctest.Wait()
		assert.Equal(t, 308, f.do(t, http.MethodGet, "/blog").Code, "the older list does not replace the newer one")
	})
}

// After a failed listing the old list stays in use, and no response waits for the next listing.
func TestOnlyTheFirstOfSeveralHangingListingsDelaysResponses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, f := newListedSite(t, []string{"about.html"}, nil)
		require.Equal(t, 308, f.do(t, http.MethodGet, "/about.html").Code)
		time.Sleep(time.Hour)
		b.set(func(ctx context.Context) { <-ctx.Done() }, "about.html")
		require.Equal(t, 308, f.do(t, http.MethodGet, "/about.html").Code)
		for range 60 {
			time.Sleep(time.Second)
			start := time.Now()
			assert.Equal(t, 308, f.do(t, http.MethodGet, "/about.html").Code)
			assert.Zero(t, time.Since(start))
		}
		assert.Equal(t, int64(3), b.calls.Load(), "after a pause")
		time.Sleep(time.Minute)
		b.set(func(context.Context) {}, "about.html", "blog/index.html")
		assert.Equal(t, 404, f.do(t, http.MethodGet, "/blog").Code)
		synctest.Wait()
		assert.Equal(t, 308, f.do(t, http.MethodGet, "/blog").Code)
	})
}

// The age of a list counts from the end of its listing.
func TestListingThatTakesLongerThanMaxAge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const takes = 30 * time.Second
		b, f := newListedSite(t, []string{"about.html"}, func(s *site.Site) { s.MaxAge = 10 * time.Second })
		b.list = func(context.Context) { time.Sleep(takes) }
		for _, want := range []time.Duration{takes, 0, 0, 0} {
			start := time.Now()
			assert.Equal(t, 308, f.do(t, http.MethodGet, "/about.html").Code)
			assert.Equal(t, want, time.Since(start))
			time.Sleep(6 * time.Second)
		}
		time.Sleep(takes)
		assert.Equal(t, int64(2), b.calls.Load())
	})
}

// Check lists anew: a listing that is in flight may have passed the new keys.
func TestCheckSeesKeysOfBeforeItsCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, f := newListedSite(t, []string{"index.html", "about.html"}, nil)
		b.list = func(context.Context) { time.Sleep(time.Second) }
		go func() { _ = f.Check(t.Context()) }()
		time.Sleep(time.Millisecond)
		b.set(b.list, "index.html", "about.html", "blog/index.html")
		require.NoError(t, f.Check(t.Context()))
		assert.Equal(t, []int{308, 2}, []int{f.do(t, http.MethodGet, "/blog").Code, int(b.calls.Load())})
	})
}

// A panic of a driver fails the listing, and not the program.
func TestPanicOfAListing(t *testing.T) {
	t.Parallel()
	b, f := newListedSite(t, nil, nil)
	b.list = func(context.Context) { panic("driver bug") }
	assert.Equal(t, 500, f.do(t, http.MethodGet, "/").Code)
	assert.Contains(t, f.log.String(), "driver bug")
}

// ST12: a site with more keys than the limit fails, and the error names the field.
func TestTooManyKeys(t *testing.T) {
	t.Parallel()
	all := []string{"index.html", "about.html"}
	for i := range 99_998 {
		all = append(all, fmt.Sprintf("p/%05d.html", i))
	}
	_, f := newListedSite(t, all, nil)
	require.NoError(t, f.Check(t.Context()), "100,000")
	assert.Equal(t, 308, f.do(t, http.MethodGet, "/p/99997.html").Code)

	b, f := newListedSite(t, append(all, "p/one-more.html"), nil)
	require.EqualError(t, f.Check(t.Context()), `site: storage "www" has more than 100000 objects under ""; set Site.MaxKeys, or a narrower Site.Prefix`)
	w := f.do(t, http.MethodGet, "/about.html")
	assert.Equal(t, 500, w.Code)
	assert.Equal(t, "Internal Server Error\n", w.Body.String())
	assert.Contains(t, f.log.String(), "has more than 100000 objects")
	assert.Equal(t, int64(1), b.calls.Load(), "the failure is remembered")

	_, f = newListedSite(t, all, func(s *site.Site) { s.MaxKeys = 10 })
	require.ErrorContains(t, f.Check(t.Context()), "more than 10 objects")
	_, f = newListedSite(t, append(all, "p/one-more.html"), func(s *site.Site) { s.MaxKeys = 100_001 })
	require.NoError(t, f.Check(t.Context()))
}

// listedBucket is a bucket that only lists keys, and counts its listings.
type listedBucket struct {
	driver.Bucket // nil
	calls         atomic.Int64

	mu   sync.Mutex
	list func(context.Context)
	keys []string
}

func newListedSite(t *testing.T, all []string, change func(*site.Site)) (*listedBucket, *fixture) {
	t.Helper()
	b := &listedBucket{keys: all, list: func(context.Context) {}}
	bucket := blob.NewBucket(b)
	t.Cleanup(func() { _ = bucket.Close() })
	return b, newFixture(t, nil, func(s *site.Site) {
		s.Storage = &blobdownload.Storage{Name: "www", Bucket: wrapper.NewBucket(bucket)}
		if change != nil {
			change(s)
		}
	})
}

// set sets the keys, and the function that a listing calls after it has read them.
func (b *listedBucket) set(list func(context.Context), all ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list, b.keys = list, all
}

func (b *listedBucket) ListPaged(ctx context.Context, opts *driver.ListOptions) (*driver.ListPage, error) {
	b.calls.Add(1)
	page := &driver.ListPage{}
	b.mu.Lock()
	for _, key := range b.keys[:min(len(b.keys), opts.PageSize)] {
		page.Objects = append(page.Objects, &driver.ListObject{Key: key})
	}
	list := b.list
	b.mu.Unlock()
	list(ctx)
	return page, ctx.Err()
}

func (b *listedBucket) Close() error                       { return nil }
func (b *listedBucket) As(any) bool                        { return false }
func (b *listedBucket) ErrorAs(error, any) bool            { return false }
func (b *listedBucket) ErrorCode(error) gcerrors.ErrorCode { return gcerrors.Unknown }
