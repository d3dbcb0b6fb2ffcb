package s3_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// parts are those of an upload whose sizes no rule gives.
var parts = []string{"one", "second", "3", "the fourth"}

// wrongParts are responses to a request for a part that contradict it.
var wrongParts = map[string]struct {
	status int
	header http.Header
}{
	"another version despite If-Match":        {206, http.Header{"Etag": {`"y"`}, "Content-Range": {"bytes 3-8/20"}}},
	"all of another version despite If-Match": {200, http.Header{"Etag": {`"y"`}}},
	"no range":                   {206, http.Header{"Etag": {`"x"`}, "Content-Range": {"bytes */20"}}},
	"a range of a longer object": {206, http.Header{"Etag": {`"x"`}, "Content-Range": {"bytes 30-80/200"}}},
	"not modified":               {304, nil},
	"a redirect to nowhere":      {307, nil},
}

// An invalid response about a part is requested again, and fails the body if it remains so.
func TestI3InvalidPartsFailTheBody(t *testing.T) {
	t.Parallel()
	for name, part := range wrongParts {
		for route, change := range routes {
			for _, always := range []bool{false, true} {
				t.Run(fmt.Sprint(name, " ", route, " always ", always), func(t *testing.T) {
					t.Parallel()
					s := startParts(t, "other", nil)
					right := s.answer
					var wrong atomic.Bool
					wrong.Store(true)
					s.answer = func(w http.ResponseWriter, r *http.Request) {
						if !r.URL.Query().Has("partNumber") || !wrong.Swap(always) {
							right(w, r)
							return
						}
						maps.Copy(w.Header(), part.header)
						w.WriteHeader(part.status)
					}
					resp, err := wrapper.Blob(s.bucket(t, change), "k").Fetch(t.Context(), wrapper.Request{})
					require.NoError(t, err)
					_, err = io.ReadAll(resp.Body)
					require.NoError(t, resp.Close())
					if always {
						require.Error(t, err)
						return
					}
					require.NoError(t, err)
					assert.Equal(t, "crc32-composite", resp.Verified())
				})
			}
		}
	}
}

// partsService is a store of an object with a composite checksum.
type partsService struct {
	*service
	list func(w http.ResponseWriter)

	mu  sync.Mutex
	log []string
}

func startParts(t *testing.T, server string, list func(w http.ResponseWriter)) *partsService {
	t.Helper()
	s := &partsService{service: startService(t), list: list}
	s.answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", server)
		w.Header().Set("X-Amz-Request-Id", "TX1")
		q := r.URL.Query()
		switch number, _ := strconv.Atoi(q.Get("partNumber")); {
		case q.Has("attributes"):
			s.record("list " + strings.Join(r.Header.Values("X-Amz-Object-Attributes"), ","))
			s.list(w)
		case number > 0:
			s.record(r.Method + " part " + r.Header.Get("If-Match"))
			off := len(strings.Join(parts[:number-1], ""))
			w.Header().Set("ETag", `"x"`)
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", off, off+len(parts[number-1])-1, len(strings.Join(parts, ""))))
			w.WriteHeader(http.StatusPartialContent)
		default:
			s.record(r.Method)
			var sums []byte
			for _, p := range parts {
				sums = binary.BigEndian.AppendUint32(sums, crc32.ChecksumIEEE([]byte(p)))
			}
			sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(sums))
			w.Header().Set("ETag", `"x"`)
			w.Header().Set("X-Amz-Checksum-Type", "COMPOSITE")
			w.Header().Set("X-Amz-Checksum-Crc32", base64.StdEncoding.EncodeToString(sum)+"-"+strconv.Itoa(len(parts)))
			_, _ = io.WriteString(w, strings.Join(parts, ""))
		}
	}
	return s
}

func (s *partsService) record(request string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, request)
}

// listed writes a list with the given entity-tag.
func listed(etag string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		_, _ = io.WriteString(w, "<GetObjectAttributesResponse><ETag>"+etag+"</ETag><ObjectParts>")
		for i, p := range parts {
			_, _ = fmt.Fprintf(w, "<Part><PartNumber>%d</PartNumber><Size>%d</Size></Part>", i+1, len(p))
		}
		_, _ = io.WriteString(w, "</ObjectParts></GetObjectAttributesResponse>")
	}
}

func TestI3TheStoreReportsTheParts(t *testing.T) {
	t.Parallel()
	const list, part = "list ETag,ObjectParts", `HEAD part "x"`
	for name, tt := range map[string]struct {
		server   string
		list     func(http.ResponseWriter)
		requests []string
		verified string
	}{
		"listed": {"AmazonS3", listed("x"), []string{"GET", list}, "crc32-composite"},
		"not permitted": {"AmazonS3", func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code></Error>")
		}, []string{"GET", list, part, part}, "crc32-composite"},
		"a list without parts": {"MinIO", func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "<GetObjectAttributesResponse><ETag>x</ETag></GetObjectAttributesResponse>")
		}, []string{"GET", list, part, part}, "crc32-composite"},
		"a list that is none": {"MinIO", func(w http.ResponseWriter) { _, _ = io.WriteString(w, "onesecond") },
			[]string{"GET", list, part, part}, "crc32-composite"},
		"replaced meanwhile": {"MinIO", listed("y"), []string{"GET", list}, ""},
		"another store":      {"other", listed("x"), []string{"GET", part, part}, "crc32-composite"},
	} {
		for route, change := range routes {
			t.Run(name+" "+route, func(t *testing.T) {
				t.Parallel()
				s := startParts(t, tt.server, tt.list)
				b := s.bucket(t, change, func(o *s3.Options) { o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenSupported })
				for i := range 2 {
					resp, err := wrapper.Blob(b, "k").Fetch(t.Context(), wrapper.Request{})
					require.NoError(t, err)
					body, err := io.ReadAll(resp.Body)
					require.NoError(t, err)
					require.NoError(t, resp.Close())
					assert.Equal(t, strings.Join(parts, ""), string(body))
					assert.Equal(t, tt.verified, resp.Verified(), "download %d", i)
				}
				assert.Equal(t, append(tt.requests, "GET"), s.log)
				assert.Zero(t, s.refused.Load(), "signatures refused")
			})
		}
	}
}

// I3 with W8: the requests for parts follow the redirect of their object's bucket.
func TestI3PartsOfARedirectedBucket(t *testing.T) {
	t.Parallel()
	for server, about := range map[string][]string{"other": {"GET", `HEAD part "x"`, `HEAD part "x"`}, "AmazonS3": {"GET", "list ETag,ObjectParts"}} {
		for route, change := range routes {
			t.Run(server+" "+route, func(t *testing.T) {
				t.Parallel()
				s := startParts(t, server, listed("x"))
				first := startService(t)
				first.answer = func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Location", s.URL+r.URL.RequestURI())
					w.WriteHeader(http.StatusTemporaryRedirect)
					if r.Method != http.MethodHead {
						_, _ = io.WriteString(w, "<Error><Code>TemporaryRedirect</Code></Error>")
					}
				}
				assert.Equal(t, "crc32-composite", verifiedOf(t, first.bucket(t, change)))
				assert.Equal(t, about, s.log)
				assert.Zero(t, s.refused.Load(), "signatures refused")
			})
		}
	}
}

// I3 with W24: credentials that may not read versions read the parts without the version, pinned by the entity-tag.
func TestI3PartsWithoutGetObjectVersion(t *testing.T) {
	t.Parallel()
	for _, server := range []string{"other", "AmazonS3"} {
		for route, change := range routes {
			t.Run(server+" "+route, func(t *testing.T) {
				t.Parallel()
				s := startParts(t, server, listed("x"))
				right := s.answer
				s.answer = func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("X-Amz-Version-Id", "v1")
					if !r.URL.Query().Has("versionId") {
						right(w, r)
						return
					}
					w.WriteHeader(http.StatusForbidden)
					if r.Method != http.MethodHead {
						_, _ = io.WriteString(w, "<Error><Code>AccessDenied</Code></Error>")
					}
				}
				assert.Equal(t, "crc32-composite", verifiedOf(t, s.bucket(t, change)))
			})
		}
	}
}

// verifiedOf reads the object, and returns by what it was verified.
func verifiedOf(t *testing.T, b *blob.Bucket) string {
	t.Helper()
	resp, err := wrapper.Blob(b, "k").Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Close())
	assert.Equal(t, strings.Join(parts, ""), string(body))
	return resp.Verified()
}
