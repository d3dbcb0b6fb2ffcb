package s3_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var testCredentials = aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: "secret", SessionToken: "token/+="}

// service is a store with a clock of its own that verifies signatures and sends the response that a test sets.
type service struct {
	*httptest.Server
	skew     time.Duration
	requests atomic.Int64
	refused  atomic.Int64
	answer   http.HandlerFunc
}

func startService(t *testing.T) *service {
	t.Helper()
	s := &service{answer: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("X-Amz-Version-Id", r.URL.Query().Get("versionId"))
		_, _ = io.WriteString(w, "content")
	}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		now := time.Now().Add(s.skew)
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		if code := verify(r, now); code != "" {
			s.refused.Add(1)
			w.WriteHeader(http.StatusForbidden)
			if r.Method != http.MethodHead {
				_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code></Error>")
			}
			return
		}
		s.answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) bucket(t *testing.T, change ...func(*s3.Options)) *blob.Bucket {
	t.Helper()
	return openBucket(t, s.URL, change...)
}

// openBucket opens a bucket of a store at an endpoint.
func openBucket(t *testing.T, endpoint string, change ...func(*s3.Options)) *blob.Bucket {
	t.Helper()
	options := s3.Options{
		BaseEndpoint: aws.String(endpoint), Region: "us-east-1", UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return testCredentials, nil }),
	}
	for _, f := range change {
		f(&options)
	}
	b, err := s3blob.OpenBucket(t.Context(), s3.New(options), "bkt", nil)
	require.NoError(t, err)
	t.Cleanup(func() {
		wrapper.NewBucket(b).Store().(wrapper.IdleCloser).CloseIdleConnections()
		require.NoError(t, b.Close())
	})
	return b
}

func fetch(t *testing.T, f *wrapper.File) (string, error) {
	t.Helper()
	resp, err := f.Fetch(t.Context(), wrapper.Request{})
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, resp.Close())
	return string(body), err
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	s := startService(t)
	for _, validation := range []aws.ResponseChecksumValidation{aws.ResponseChecksumValidationWhenSupported, aws.ResponseChecksumValidationWhenRequired} {
		b := s.bucket(t, func(o *s3.Options) { o.ResponseChecksumValidation = validation })
		for _, key := range []string{"k", "a/b", "with space", "100%", "a+b?c#d", "ż/日本", "//x", "/k", "'()*!", "new\nline", "../up", "~._-"} {
			got, err := fetch(t, wrapper.Blob(b, key))
			require.NoError(t, err, "%q", key)
			assert.Equal(t, "content", got)
			_, err = wrapper.Blob(b, key).WithInfo(wrapper.Info{Size: 7, Version: "v 1/+="}).Open(t.Context(), 0, 7)
			require.NoError(t, err, "%q", key)
		}
	}
	assert.Zero(t, s.refused.Load())
}

// A clock that is an hour off costs one refusal, and one line in the log.
func TestClockThatIsWrong(t *testing.T) { //nolint:paralleltest // it reads the program's log
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)

	for _, skew := range []time.Duration{time.Hour, -time.Hour} {
		for name, use := range map[string]func(*wrapper.File) error{
			"GET":  func(f *wrapper.File) error { _, err := fetch(t, f); return err },
			"HEAD": func(f *wrapper.File) error { _, err := f.Stat(t.Context()); return err },
		} {
			t.Run(name+" "+skew.String(), func(t *testing.T) {
				log.Reset()
				s := startService(t)
				s.skew = skew
				f := wrapper.Blob(s.bucket(t), "k")
				for range 5 {
					require.NoError(t, use(f))
				}
				assert.EqualValues(t, 1, s.refused.Load())
				assert.EqualValues(t, 6, s.requests.Load())
				assert.Equal(t, 1, strings.Count(log.String(), "Set the clock"), "%s", &log)
				assert.NotContains(t, log.String(), testCredentials.SecretAccessKey)

				signed, err := f.SignedURL(t.Context(), wrapper.SignOptions{})
				require.NoError(t, err)
				_, date, _ := strings.Cut(signed, "X-Amz-Date=")
				at, err := time.Parse("20060102T150405Z", date[:16])
				require.NoError(t, err)
				assert.WithinDuration(t, time.Now().Add(skew), at, time.Minute)
			})
		}
	}
}

// A signature that is refused at the right time is not made again.
func TestRefusalIsNotRepeated(t *testing.T) {
	t.Parallel()
	s := startService(t)
	b := s.bucket(t, func(o *s3.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: "wrong"}, nil
		})
	})
	_, err := fetch(t, wrapper.Blob(b, "k"))
	require.ErrorContains(t, err, "SignatureDoesNotMatch")
	assert.EqualValues(t, 1, s.requests.Load())
}

func TestChecksumsAreVerified(t *testing.T) {
	t.Parallel()
	sum := base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte("content"))))
	for _, tt := range []struct {
		name, checksum, kind string
		ok                   bool
	}{
		{"right", sum, "FULL_OBJECT", true},
		{"wrong", "AAAAAA==", "FULL_OBJECT", false},
		{"of parts", "AAAAAA==-3", "COMPOSITE", true},
		{"of parts, without a type", "AAAAAA==-3", "", true},
		{"no base64", "!!!!!!==", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := startService(t)
			s.answer = func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					assert.Equal(t, "ENABLED", r.Header.Get("X-Amz-Checksum-Mode"))
				}
				w.Header().Set("ETag", `"x"`)
				w.Header().Set("X-Amz-Checksum-Crc32", tt.checksum)
				w.Header().Set("X-Amz-Checksum-Type", tt.kind)
				_, _ = io.WriteString(w, "content")
			}
			b := s.bucket(t, func(o *s3.Options) { o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenSupported })
			_, err := fetch(t, wrapper.Blob(b, "k"))
			if tt.ok {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, wrapper.ErrChecksum)
			}
		})
	}
}

// A store that ignores Range, or sends no length, still has the right bytes.
func TestPoorStores(t *testing.T) {
	t.Parallel()
	for _, chunked := range []bool{false, true} {
		s := startService(t)
		s.answer = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", `"x"`)
			if chunked {
				_ = http.NewResponseController(w).Flush()
			}
			_, _ = io.WriteString(w, "content")
		}
		resp, err := wrapper.Blob(s.bucket(t), "k").Fetch(t.Context(), wrapper.Request{Range: "bytes=1-2"})
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Close())
		assert.Equal(t, http.StatusOK, resp.Status)
		assert.Equal(t, "content", string(body))
	}
}
