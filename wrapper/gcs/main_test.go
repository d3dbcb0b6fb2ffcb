package gcs_test

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"hash/crc32"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"gocloud.dev/blob"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/gcp"
	"google.golang.org/api/option"

	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// generation is that of every object.
const generation = "1767323045000001"

// service is a bucket of the service, with the key of the account that signs URLs.
type service struct {
	*objectserver.Server
	key *rsa.PrivateKey
}

// startService sets STORAGE_EMULATOR_HOST, so that the test cannot be parallel.
func startService(t *testing.T) *service {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	s := &service{key: key}
	s.Server = (&objectserver.Server{
		Key:          func(r *http.Request) string { return strings.TrimPrefix(r.URL.Path, "/bucket/") },
		Verify:       s.verify,
		Decorate:     decorate,
		Metadata:     metadata,
		SuffixRanges: true,
		NotFound:     "NoSuchKey",
	}).Start()
	t.Cleanup(s.Close)
	t.Setenv("STORAGE_EMULATOR_HOST", s.Listener.Addr().String())
	return s
}

func (s *service) verify(r *http.Request, now time.Time) *objectserver.Refusal {
	q := r.URL.Query()
	switch g, match := q.Get("generation"), r.Header.Get("X-Goog-If-Generation-Match"); {
	case q.Has("X-Goog-Signature") && !validURL(r, &s.key.PublicKey, now):
		return &objectserver.Refusal{Status: http.StatusForbidden, Code: "SignatureDoesNotMatch"}
	case strings.HasPrefix(r.URL.Path, "/bucket/denied"):
		return &objectserver.Refusal{Status: http.StatusForbidden, Code: "AccessDenied"}
	case !strings.HasPrefix(r.URL.Path, "/bucket/"):
		return &objectserver.Refusal{Status: http.StatusNotFound, Code: "NoSuchBucket"}
	case g != "" && g != generation:
		return &objectserver.Refusal{Status: http.StatusNotFound, Code: "NoSuchKey"}
	case match != "" && match != generation:
		return &objectserver.Refusal{Status: http.StatusPreconditionFailed, Code: "PreconditionFailed"}
	default:
		return nil
	}
}

// decorate adds the fields that every response of the XML API has, and the overrides of a signed URL.
func decorate(h http.Header, r *http.Request, o *objectserver.Object, _ int, _ string) {
	h.Set("X-Guploader-Uploadid", "AB")
	if o == nil {
		return
	}
	h.Set("X-Goog-Generation", generation)
	h.Set("X-Goog-Metageneration", "1")
	h.Add("X-Goog-Hash", "crc32c="+crc32c(o))
	for parameter, field := range map[string]string{
		"response-content-disposition": "Content-Disposition", "response-content-type": "Content-Type", "response-cache-control": "Cache-Control",
	} {
		if v := r.URL.Query().Get(parameter); v != "" {
			h.Set(field, v)
		}
	}
}

func crc32c(o *objectserver.Object) string {
	sum := crc32.Checksum(o.Content, crc32.MakeTable(crc32.Castagnoli))
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))
}

// metadata is the JSON API, with which the SDK looks metadata up.
func metadata(w http.ResponseWriter, r *http.Request, find func(string) *objectserver.Object) bool {
	key, ok := strings.CutPrefix(r.URL.Path, "/storage/v1/b/bucket/o/")
	if !ok {
		return false
	}
	o := find(key)
	if o == nil {
		http.Error(w, `{"error":{"code":404,"message":"No such object"}}`, http.StatusNotFound)
		return true
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"kind": "storage#object", "name": key, "bucket": "bucket", "generation": generation, "size": fmt.Sprint(len(o.Content)),
		"contentType": o.Header.Get("Content-Type"), "updated": o.Modified.Format(time.RFC3339Nano), "crc32c": crc32c(o),
	})
	return true
}

func (s *service) put(key, content string) {
	s.Put(key, &objectserver.Object{
		Content: []byte(content), ETag: fmt.Sprintf(`"%x"`, md5.Sum([]byte(content))), Modified: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Header: http.Header{"Content-Type": {"text/plain"}},
	})
}

func (s *service) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(s.key)})
}

// routes open a bucket of the service.
var routes = map[string]func(t *testing.T, s *service, name string) *blob.Bucket{
	"direct": openURL,
	"SDK":    openClient,
}

// openURL opens a bucket by its URL.
func openURL(t *testing.T, s *service, name string) *blob.Bucket {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key.pem")
	require.NoError(t, os.WriteFile(file, s.pem(), 0o600))
	b, err := wrapper.OpenBucket(t.Context(), "gs://"+name+"?access_id=signer@example.com&private_key_path="+file)
	require.NoError(t, err)
	t.Cleanup(func() {
		b.Store().(wrapper.IdleCloser).CloseIdleConnections()
		assert.NoError(t, b.Close())
	})
	return b.Bucket
}

// openClient opens a bucket by a client of the SDK.
func openClient(t *testing.T, s *service, name string) *blob.Bucket {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	b, err := gcsblob.OpenBucket(t.Context(), &gcp.HTTPClient{Client: http.Client{Transport: transport}}, name, &gcsblob.Options{
		GoogleAccessID: "signer@example.com", PrivateKey: s.pem(),
		ClientOptions: []option.ClientOption{option.WithEndpoint(s.URL + "/storage/v1/")},
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	return b
}
