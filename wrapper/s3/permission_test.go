package s3_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

// fixed is a provider of one value.
type fixed aws.Credentials

func (f fixed) Retrieve(context.Context) (aws.Credentials, error) { return aws.Credentials(f), nil }

type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func reply(r *http.Request, status int, h http.Header, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: h, Request: r, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body))}
}

func TestW24ResumeWithoutGetObjectVersionFallsBackToIfMatch(t *testing.T) {
	t.Parallel()
	for name, change := range routes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startService(t)
			var versions, plain atomic.Int64
			s.answer = func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Has("versionId") {
					versions.Add(1)
					w.WriteHeader(http.StatusForbidden)
					_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code></Error>")
					return
				}
				plain.Add(1)
				assert.Equal(t, `"x"`, r.Header.Get("If-Match"))
				w.Header().Set("ETag", `"x"`)
				w.Header().Set("X-Amz-Version-Id", "v1")
				_, _ = io.WriteString(w, "content")
			}
			f := wrapper.Blob(s.bucket(t, change), "k").WithInfo(wrapper.Info{Size: 7, Version: "v1", ETag: `"x"`})
			for range 3 {
				got, err := fetch(t, f)
				require.NoError(t, err)
				assert.Equal(t, "content", got)
			}
			assert.EqualValues(t, 1, versions.Load(), "the store remembers it")
			assert.EqualValues(t, 3, plain.Load())
			_, err := f.SignedURL(t.Context(), wrapper.SignOptions{Version: "v1"})
			require.ErrorIs(t, err, errors.ErrUnsupported)
		})
	}
}

// A 403 to both forms is the object's, and does not turn versions off.
func TestW24DeniedObjectKeepsItsVersion(t *testing.T) {
	t.Parallel()
	forBoth(t, func(t *testing.T, s *objectserver.Server, f *wrapper.File) {
		t.Helper()
		info, err := f.Stat(t.Context())
		require.NoError(t, err)
		info.Version = "v1"
		s.Refuse(refusal(403, "AccessDenied"), refusal(403, "AccessDenied"))
		_, err = f.WithInfo(info).Fetch(t.Context(), wrapper.Request{})
		require.ErrorContains(t, err, "AccessDenied")
		s.Take()
		_, err = fetch(t, f.WithInfo(info))
		require.NoError(t, err)
		assert.Equal(t, "v1", s.Take()[0].Request.URL.Query().Get("versionId"))
	})
}

// renewing provides a new token each time.
type renewing struct{ renewals atomic.Int64 }

func (p *renewing) Retrieve(context.Context) (aws.Credentials, error) {
	c := testCredentials
	if p.renewals.Add(1) > 1 {
		time.Sleep(time.Millisecond)
		c.SessionToken = "fresh"
	}
	return c, nil
}

func TestE11ExpiredTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	for name, change := range routes {
		for _, status := range []int{http.StatusBadRequest, http.StatusForbidden} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				const requests = 100
				var refused sync.WaitGroup
				refused.Add(requests)
				s := startService(t)
				s.answer = func(w http.ResponseWriter, r *http.Request) {
					if r.Header.Get("X-Amz-Security-Token") != "fresh" {
						refused.Done()
						refused.Wait()
						w.WriteHeader(status)
						_, _ = io.WriteString(w, "<Error><Code>ExpiredToken</Code></Error>")
						return
					}
					w.Header().Set("ETag", `"x"`)
					_, _ = io.WriteString(w, "content")
				}
				p := &renewing{}
				b := s.bucket(t, change, func(o *s3.Options) { o.Credentials = aws.NewCredentialsCache(p) })
				var all sync.WaitGroup
				for range requests {
					all.Go(func() {
						_, err := fetch(t, wrapper.Blob(b, "k"))
						assert.NoError(t, err)
					})
				}
				all.Wait()
				assert.EqualValues(t, 2, p.renewals.Load(), "the first token and one renewal")
			})
		}
	}
}

// Listing would fail: by permission, or by a first key that XML cannot have.
func TestW11CheckNeedsNoPermissionToList(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		refusal objectserver.Refusal
		ok      bool
	}{
		{refusal(404, "NoSuchKey"), true},
		{refusal(403, "AccessDenied"), true}, // what the right to read alone gets
		{refusal(404, "NoSuchBucket"), false},
		{refusal(403, "InvalidAccessKeyId"), false},
		{refusal(403, "SignatureDoesNotMatch"), false},
		{refusal(400, "ExpiredToken"), false},
		{refusal(301, "PermanentRedirect"), false},
		{refusal(503, "SlowDown"), false},
	} {
		for name, change := range routes {
			s := startObjects(t)
			b := wrapper.NewBucket(openBucket(t, s.URL, change))
			s.Refuse(tt.refusal)
			err := b.Check(t.Context())
			assert.Equal(t, tt.ok, err == nil, "%s %+v %v", name, tt.refusal, err)
			assert.Equal(t, tt.refusal.Code == "NoSuchBucket", errors.Is(err, fs.ErrNotExist))
			exchanges := s.Take()
			require.Len(t, exchanges, 1)
			assert.False(t, exchanges[0].Request.URL.Query().Has("list-type"))
		}
	}
}
