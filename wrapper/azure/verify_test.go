package azure_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// standardFields are those of a Shared Key signature, in its order. Range is the last.
var standardFields = []string{
	"Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date",
	"If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range",
}

// sharedKeyText is the string to sign of a request, by
// https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key.
func sharedKeyText(account, method string, h http.Header, u *url.URL) string {
	lines := []string{method}
	for _, name := range standardFields {
		lines = append(lines, h.Get(name))
	}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-ms-") {
			lines = append(lines, lower+":"+strings.Join(h[name], ","))
		}
	}
	lines = append(lines, "/"+account+u.EscapedPath())
	q := u.Query()
	for _, name := range slices.Sorted(maps.Keys(q)) {
		lines = append(lines, strings.ToLower(name)+":"+strings.Join(q[name], ","))
	}
	return strings.Join(lines, "\n")
}

func mac(text string) string {
	h := hmac.New(sha256.New, accountKey)
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

func validSharedKey(r *http.Request, now time.Time) bool {
	at, err := http.ParseTime(r.Header.Get("X-Ms-Date"))
	if err != nil || now.Sub(at).Abs() > 15*time.Minute {
		return false
	}
	return r.Header.Get("Authorization") == "SharedKey "+account+":"+mac(sharedKeyText(account, r.Method, r.Header, r.URL))
}

// sasText is the string to sign of a service SAS of version 2020-12-06 or later, by
// https://learn.microsoft.com/rest/api/storageservices/create-service-sas.
func sasText(q url.Values, resource string) string {
	return strings.Join([]string{
		q.Get("sp"), q.Get("st"), q.Get("se"), "/blob" + resource, q.Get("si"), q.Get("sip"), q.Get("spr"), q.Get("sv"), q.Get("sr"),
		q.Get("snapshot") + q.Get("versionid"), q.Get("ses"), q.Get("rscc"), q.Get("rscd"), q.Get("rsce"), q.Get("rscl"), q.Get("rsct"),
	}, "\n")
}

func validSAS(u *url.URL, method string, now time.Time) bool {
	q := u.Query()
	begins, err1 := time.Parse(time.RFC3339, q.Get("st"))
	ends, err2 := time.Parse(time.RFC3339, q.Get("se"))
	if err1 != nil || err2 != nil || now.Before(begins) || !now.Before(ends) {
		return false
	}
	return (method == http.MethodGet || method == http.MethodHead) && q.Get("sp") == "r" && q.Get("sig") == mac(sasText(q, u.Path))
}

// The examples are those of the service's documentation.
func TestVerifierSignsThePublishedStrings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, method, target, want string }{
		{
			"container metadata", http.MethodGet, "https://myaccount.blob.core.windows.net/mycontainer?comp=metadata&restype=container&timeout=20",
			"GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n" +
				"/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20",
		},
		{
			"blob of a secondary location", http.MethodGet, "https://myaccount-secondary.blob.core.windows.net/mycontainer/myblob",
			"GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n/myaccount/mycontainer/myblob",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(tt.target)
			require.NoError(t, err)
			h := http.Header{"X-Ms-Version": {"2015-02-21"}, "X-Ms-Date": {"Fri, 26 Jun 2015 23:39:12 GMT"}}
			assert.Equal(t, tt.want, sharedKeyText("myaccount", tt.method, h, u))
		})
	}
}
