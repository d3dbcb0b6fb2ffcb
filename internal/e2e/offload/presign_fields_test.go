package offload_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// storeFields are the fields that storages send, by their documentation.
var storeFields = []string{
	"X-Amz-Request-Id", "X-Amz-Id-2", "X-Amz-Bucket-Region", "X-Amz-Expiration", "X-Amz-Version-Id", "X-Amz-Storage-Class", "X-Amz-Restore",
	"X-Amz-Server-Side-Encryption", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled",
	"X-Amz-Server-Side-Encryption-Customer-Key-MD5", "X-Amz-Checksum-Crc64nvme", "X-Amz-Checksum-Sha256", "X-Amz-Object-Lock-Mode",
	"X-Amz-Tagging-Count", "X-Amz-Replication-Status", "X-Amz-Website-Redirect-Location", "X-Amz-Mp-Parts-Count", "X-Ratelimit-Limit",
	"X-Goog-Hash", "X-Goog-Generation", "X-Goog-Encryption-Kms-Key-Name", "X-Goog-Custom-Time", "X-Guploader-Uploadid", "X-Goog-Storage-Class",
	"X-Ms-Request-Id", "X-Ms-Blob-Type", "X-Ms-Creation-Time", "X-Ms-Copy-Source", "X-Ms-Encryption-Scope", "X-Ms-Version-Id", "X-Ms-Lease-State",
	"Link", "Repr-Digest", "Content-Digest", "Content-Md5", "Alt-Svc", "Strict-Transport-Security", "X-Frame-Options", "Set-Cookie", "Via",
	"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers", "Access-Control-Allow-Methods",
	"Access-Control-Max-Age", "Vary", "Cache-Control", "Content-Disposition", "Expires", "X-Content-Type-Options", "Content-Security-Policy",
}

// uploaders are fields whose names an uploader chooses.
var uploaders = []string{"X-Amz-Meta-Owner", "X-Goog-Meta-Owner", "X-Ms-Meta-Owner"}

// withHeadersMore enables the module with the lines in the files.
func withHeadersMore(f reverseProxy) *reverseProxy {
	f.change = replace("# load_module", "load_module")
	f.store = replace("# more_clear_headers", "more_clear_headers")
	return &f
}

// TestStoreFieldsStay has nginx fetch from a storage that sends all of these fields. Each field that reaches the client is
// the application's, once, or representation metadata.
func TestStoreFieldsStay(t *testing.T) {
	t.Parallel()
	said := http.Header{
		"Content-Type": {"text/x-app"}, "Content-Disposition": {"attachment"}, "Cache-Control": {"private, no-cache"}, "Vary": {"Origin"},
		"X-Content-Type-Options": {"nosniff"}, "Content-Security-Policy": {"sandbox"}, "Cross-Origin-Resource-Policy": {"same-origin"},
		"Referrer-Policy": {"no-referrer"}, "Access-Control-Allow-Origin": {"https://app.example"},
		"Access-Control-Allow-Credentials": {"true"}, "Access-Control-Expose-Headers": {"ETag"},
	}
	describes := []string{"Content-Length", "Content-Range", "Accept-Ranges", "Etag", "Last-Modified", "Date", "Server", "Connection"}
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range slices.Concat(storeFields, uploaders) {
			w.Header().Set(name, "of-the-store")
		}
		w.Header().Set("ETag", `"e"`)
		http.ServeContent(w, r, "", time.Unix(1e9, 0), strings.NewReader("0123456789"))
	}))
	t.Cleanup(store.Close)
	stock := *frontOf("nginx")
	for name, f := range map[string]*reverseProxy{"stock nginx": &stock, "headers-more": withHeadersMore(stock)} {
		for _, at := range []string{"/_url", "/_cached"} {
			t.Run(name+at, func(t *testing.T) {
				t.Parallel()
				base := f.start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					maps.Copy(w.Header(), said)
					w.Header().Set("X-Blob-Range", r.Header.Get("Range"))
					w.Header().Set("X-Accel-Redirect", at+"?"+store.URL+"/k")
				}), filesDir(t), hostOf(t, store.URL))
				for byteRange, status := range map[string]int{"": 200, "bytes=2-4": 206, "bytes=99-": 416} {
					resp, body := get(t, base+"/", "Range", byteRange)
					require.Equal(t, status, resp.StatusCode, byteRange)
					if status == http.StatusRequestedRangeNotSatisfiable {
						resp.Header.Del("Content-Type") // of nginx's page
						for _, field := range []string{"X-Content-Type-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy"} {
							assert.NotEmpty(t, resp.Header[field], field)
						}
					} else {
						assert.Equal(t, map[int]string{200: "0123456789", 206: "234"}[status], body)
						for field := range said {
							assert.NotEmpty(t, resp.Header[field], field)
						}
					}
					for field, values := range resp.Header {
						switch {
						case said[field] != nil:
							assert.Equal(t, said[field], values, "%s of a %d", field, status)
						case slices.Contains(uploaders, field) && f == &stock: // as documented in the file
						default:
							assert.Contains(t, describes, field, "%d", status)
						}
					}
				}
			})
		}
	}
}
