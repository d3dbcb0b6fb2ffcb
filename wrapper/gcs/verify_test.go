package gcs_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stringToSign is that of a V4 signed URL, by https://cloud.google.com/storage/docs/authentication/canonical-requests.
func stringToSign(method string, u *url.URL) string {
	q := u.Query()
	pairs := []string{}
	for name, values := range q {
		for _, v := range values {
			if name != "X-Goog-Signature" {
				pairs = append(pairs, escape(name)+"="+escape(v))
			}
		}
	}
	slices.Sort(pairs)
	request := strings.Join([]string{
		method, u.EscapedPath(), strings.Join(pairs, "&"), "host:" + u.Hostname(), "", "host", "UNSIGNED-PAYLOAD",
	}, "\n")
	_, scope, _ := strings.Cut(q.Get("X-Goog-Credential"), "/")
	return fmt.Sprintf("GOOG4-RSA-SHA256\n%s\n%s\n%x", q.Get("X-Goog-Date"), scope, sha256.Sum256([]byte(request)))
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// validURL verifies a signed URL with the public key of its account.
func validURL(r *http.Request, key *rsa.PublicKey, now time.Time) bool {
	u := *r.URL
	u.Host = r.Host
	q := u.Query()
	signature, err1 := hex.DecodeString(q.Get("X-Goog-Signature"))
	at, err2 := time.Parse("20060102T150405Z", q.Get("X-Goog-Date"))
	seconds, err3 := strconv.Atoi(q.Get("X-Goog-Expires"))
	if err1 != nil || err2 != nil || err3 != nil || now.Before(at.Add(-time.Minute)) || now.After(at.Add(time.Duration(seconds)*time.Second)) {
		return false
	}
	sum := sha256.Sum256([]byte(stringToSign(r.Method, &u)))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}

// vectors are of the public conformance tests of Google's client libraries, storage/v1/v4_signatures.json.
var vectors = []struct {
	name, bucket, key, at string
	expiry                time.Duration
	path                  string
	sum                   string // of the canonical request
}{
	{
		"Simple GET", "test-bucket", "test-object", "20190201T090000Z", 10 * time.Second,
		"/test-bucket/test-object", "00e2fb794ea93d7adb703edaebdd509821fcc7d4f1a79ac5c8d2b394df109320",
	},
	{
		"Vary expiration and timestamp", "test-bucket", "test-object", "20190301T090000Z", 20 * time.Second,
		"/test-bucket/test-object", "779f19fdb6fd381390e2d5af04947cf21750277ee3c20e0c97b7e46a1dff8907",
	},
	{
		"Vary bucket and object", "test-bucket2", "test-object2", "20190201T090000Z", 10 * time.Second,
		"/test-bucket2/test-object2", "a139afbf35ac30e9864f63197f79609731ab1b0ca166e2a456dba156fcd3f9ce",
	},
	{
		"Forward Slashes should not be stripped", "test-bucket", "/path/with/slashes/under_score/amper&sand/file.ext", "20190201T090000Z",
		10 * time.Second, "/test-bucket//path/with/slashes/under_score/amper%26sand/file.ext",
		"63c601ecd6ccfec84f1113fc906609cbdf7651395f4300cecd96ddd2c35164f8",
	},
}

func published(at, sum string) string {
	return "GOOG4-RSA-SHA256\n" + at + "\n" + at[:8] + "/auto/storage/goog4_request\n" + sum
}

func TestVerifierComputesThePublishedStrings(t *testing.T) {
	t.Parallel()
	for _, tt := range vectors {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse("https://storage.googleapis.com" + tt.path + "?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=" +
				"test-iam-credentials%40dummy-project-id.iam.gserviceaccount.com%2F" + tt.at[:8] + "%2Fauto%2Fstorage%2Fgoog4_request" +
				"&X-Goog-Date=" + tt.at + "&X-Goog-Expires=" + strconv.Itoa(int(tt.expiry.Seconds())) + "&X-Goog-SignedHeaders=host")
			require.NoError(t, err)
			assert.Equal(t, published(tt.at, tt.sum), stringToSign(http.MethodGet, u))
		})
	}
}
