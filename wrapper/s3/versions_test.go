package s3_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// versionList is a client whose responses are pages of a list of versions, by key marker.
type versionList struct {
	pages    map[string]string
	requests []string
}

func (l *versionList) Do(r *http.Request) (*http.Response, error) {
	q := r.URL.Query()
	l.requests = append(l.requests, q.Get("prefix")+" "+q.Get("key-marker"))
	if !q.Has("versions") {
		return nil, errors.New("not a list of versions")
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/xml"}}, Request: r,
		Body: io.NopCloser(strings.NewReader("<ListVersionsResult>" + l.pages[q.Get("key-marker")] + "</ListVersionsResult>")),
	}, nil
}

// version and marker are entries of a list, written on a day of January.
func version(key, id string, day int, latest bool) string {
	return fmt.Sprintf("<Version><Key>%s</Key><VersionId>%s</VersionId><IsLatest>%t</IsLatest><ETag>\"tag\"</ETag>"+
		"<LastModified>2026-01-%02dT00:00:00.000Z</LastModified></Version>", key, id, latest, day)
}

func marker(key, id string, day int, latest bool) string {
	return fmt.Sprintf("<DeleteMarker><Key>%s</Key><VersionId>%s</VersionId><IsLatest>%t</IsLatest>"+
		"<LastModified>2026-01-%02dT00:00:00.000Z</LastModified></DeleteMarker>", key, id, latest, day)
}

func next(key string) string {
	return "<IsTruncated>true</IsTruncated><NextKeyMarker>" + key + "</NextKeyMarker><NextVersionIdMarker>x</NextVersionIdMarker>"
}

func TestAsOf(t *testing.T) {
	t.Parallel()
	const none = ""
	for _, tt := range []struct {
		name  string
		pages map[string]string
		want  map[int]string // by day; none: fs.ErrNotExist
		pageN int            // requests for the first day of January
	}{
		{"versions and deletions", map[string]string{"": version("k", "v5", 9, true) + marker("k", "m", 7, false) + version("k", "v2", 5, false) +
			version("k", "v1", 3, false)}, map[int]string{1: none, 3: "v1", 4: "v1", 5: "v2", 7: none, 8: none, 9: "v5", 20: "v5"}, 1},
		{"deleted last", map[string]string{"": marker("k", "m", 7, true) + version("k", "v1", 3, false)}, map[int]string{3: "v1", 7: none}, 1},
		{"deleted in the second of its writing", map[string]string{"": marker("k", "m", 3, true) + version("k", "v1", 3, false)},
			map[int]string{3: none}, 1},
		{"written in the second of its deletion", map[string]string{"": version("k", "v1", 3, true) + marker("k", "m", 3, false)},
			map[int]string{3: "v1"}, 1},
		{"two in one second: the newer one", map[string]string{"": version("k", "v2", 3, true) + version("k", "v1", 3, false)},
			map[int]string{3: "v2"}, 1},
		{"other keys of the prefix", map[string]string{"": version("k.txt", "x", 1, true) + version("k/more", "x", 1, true)},
			map[int]string{1: none, 9: none}, 1},
		{"several pages", map[string]string{"": version("k", "v3", 9, true) + next("k"), "k": version("k", "v1", 3, false) + next("k.txt")},
			map[int]string{1: none, 3: "v1", 9: "v3"}, 2},
		{"pages of other keys are left out", map[string]string{"": version("k", "v1", 3, true) + next("k.txt")}, map[int]string{1: none}, 1},
		{"without versioning", map[string]string{"": version("k", "null", 3, true)}, map[int]string{1: none, 3: `"tag"`}, 1},
		{"written before versioning", map[string]string{"": version("k", "v1", 5, true) + version("k", "null", 3, false)},
			map[int]string{3: "null", 5: "v1"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := &versionList{pages: tt.pages}
			b, err := s3blob.OpenBucket(t.Context(), awss3.New(awss3.Options{
				Region: "us-east-1", HTTPClient: l, Credentials: static(aws.Credentials{AccessKeyID: "a", SecretAccessKey: "s"}),
			}), "bkt", nil)
			require.NoError(t, err)
			defer b.Close()
			f := wrapper.Blob(b, "k")
			for day, want := range tt.want {
				l.requests = nil
				file, err := f.AsOf(t.Context(), time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC))
				assert.NotEmpty(t, l.requests)
				if day == 1 {
					assert.Len(t, l.requests, tt.pageN, "%q", l.requests)
				}
				if want == none {
					require.ErrorIs(t, err, fs.ErrNotExist, "day %d", day)
					continue
				}
				require.NoError(t, err, "day %d", day)
				assert.Equal(t, want, file.Version(), "day %d", day)
			}
		})
	}
}

func TestAsOfWithoutVersionsIsUnsupported(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	defer b.Close()
	for name, f := range map[string]*wrapper.File{"a bucket in memory": wrapper.Blob(b, "k"), "bytes": wrapper.Bytes("k", nil)} {
		_, err := f.AsOf(t.Context(), time.Now())
		require.ErrorIs(t, err, errors.ErrUnsupported, name)
	}
}
