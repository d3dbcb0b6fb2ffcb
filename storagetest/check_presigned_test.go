package storagetest_test

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/storagetest"
)

// signed is an S3 URL that was signed at noon and expires after 5 minutes.
func signed(change ...func(q url.Values)) string {
	q := url.Values{
		"X-Amz-Date": {"20260301T120000Z"}, "X-Amz-Expires": {"300"}, "X-Amz-Signature": {"5ec7e7"},
		"response-content-disposition": {`attachment; filename="_.pdf"; filename*=UTF-8''%C3%A9.pdf`},
		"response-content-type":        {"application/pdf"},
	}
	for _, c := range change {
		c(q)
	}
	return "https://s3.test:9000/docs/a%20b/%C3%A9.pdf?" + q.Encode()
}

func presigned(location, body string, fields ...string) *httptest.ResponseRecorder {
	return recorded(http.StatusFound, body, append([]string{
		"Location", location, "Date", "Sun, 01 Mar 2026 12:01:00 GMT", "Cache-Control", "private, max-age=239",
	}, fields...)...)
}

func TestCheckPresignedFields(t *testing.T) {
	t.Parallel()
	type want = storagetest.WantPresigned
	key := "a b/é.pdf"
	testFields(t, func(tb *spy, w want) {
		storagetest.CheckPresigned(tb, presigned(signed(), "", "X-Note", "hush"), w)
	}, map[string]fieldCase[want]{
		"Status":      {want{Status: 302}, want{Status: 307}, "- Status: 307 Temporary Redirect\n+ Status: 302 Found"},
		"Host":        {want{Host: "s3.test:9000"}, want{Host: "s3.test"}, "- URL host: s3.test\n+ URL host: s3.test:9000"},
		"Key":         {want{Key: "docs/a b/é.pdf"}, want{Key: key}, "- URL path: \"/a b/é.pdf\"\n+ URL path: \"/docs/a b/é.pdf\""},
		"Bucket":      {want{Bucket: "docs", Key: key}, want{Bucket: "dogs", Key: key}, `- URL path: "/dogs/a b/é.pdf"`},
		"Filename":    {want{Filename: "é.pdf"}, want{Filename: "_.pdf"}, `+ Filename: "é.pdf"`},
		"Disposition": {want{Disposition: "attachment"}, want{Disposition: "inline"}, "+ Disposition: attachment"},
		"ContentType": {want{ContentType: "application/pdf"}, want{ContentType: "text/html"}, `+ Signed Content-Type: "application/pdf"`},
		"MinExpiry":   {want{MinExpiry: 4 * time.Minute}, want{MinExpiry: 5 * time.Minute}, "- URL expires in: at least 5m0s\n+ URL expires in: 4m0s"},
		"MaxExpiry":   {want{MaxExpiry: 4 * time.Minute}, want{MaxExpiry: 3 * time.Minute}, "- URL expires in: at most 3m0s\n+ URL expires in: 4m0s"},
		"Now": {
			want{Status: 302, Now: time.Date(2026, 3, 1, 12, 1, 0, 0, time.UTC)}, want{Status: 302, Now: time.Date(2026, 3, 1, 12, 6, 0, 0, time.UTC)},
			"the signature expired 1m0s ago",
		},
		"CacheControl": {want{CacheControl: "private, max-age=239"}, want{CacheControl: "no-store"}, `- Cache-Control: "no-store"`},
		"Header":       {want{Header: http.Header{"X-Note": {"hush"}}}, want{Header: http.Header{"X-Note": nil}}, "- X-Note: (none)"},
		"Secrets":      {want{Secrets: []string{"absent"}, Status: 302}, want{Secrets: []string{"absent", "hush"}, Status: 302}, "X-Note contains Secrets[1]"},
	})
}

func TestCheckPresignedFaults(t *testing.T) {
	t.Parallel()
	type want = storagetest.WantPresigned
	without := func(name string) func(url.Values) { return func(q url.Values) { q.Del(name) } }
	for name, tc := range map[string]struct {
		response *httptest.ResponseRecorder
		want     want
		says     string
	}{
		"no redirect":       {recorded(200, "hello"), want{Host: "s3.test:9000"}, "200 OK is no temporary redirect"},
		"permanent":         {recorded(301, "", "Location", signed(), "Cache-Control", "no-store"), want{Host: "s3.test:9000", Now: lastModified}, "301 Moved Permanently is no temporary redirect"},
		"no location":       {recorded(302, ""), want{Status: 302}, "Location is missing"},
		"no signature":      {presigned(signed(without("X-Amz-Signature")), ""), want{Status: 302}, `pdf?…": the URL has no signature of a supported scheme`},
		"no date":           {presigned(signed(without("X-Amz-Date")), ""), want{Status: 302}, "the signature has no X-Amz-Date"},
		"no life":           {presigned(signed(without("X-Amz-Expires")), ""), want{Status: 302}, "the signature has no X-Amz-Expires"},
		"no disposition":    {presigned(signed(without("response-content-disposition")), ""), want{Filename: "a"}, "+ Filename: (none)"},
		"kept as long":      {presigned(signed(), "", "Cache-Control", "max-age=240"), want{Status: 302}, "keeps the redirect until the signature expires in 4m0s"},
		"kept when shared":  {presigned(signed(), "", "Cache-Control", "S-MaxAge=1, s-maxage=3600"), want{Status: 302}, "keeps the redirect"},
		"kept when stale":   {presigned(signed(), "", "Cache-Control", "stale-if-error=86400"), want{Status: 302}, "keeps the redirect"},
		"kept for ever":     {presigned(signed(), "", "Cache-Control", "max-age=ever"), want{Status: 302}, "max-age has no number"},
		"kept, quoted":      {presigned(signed(), "", "Cache-Control", `x="a, no-store, b", max-age=240`), want{Status: 302}, "keeps the redirect"},
		"kept with blanks":  {presigned(signed(), "", "Cache-Control", "max-age = 240"), want{Status: 302}, "keeps the redirect"},
		"kept, understood":  {presigned(signed(), "", "Cache-Control", "no-store, must-understand, max-age=240"), want{Status: 302}, "keeps the redirect"},
		"kept by Expires":   {recorded(302, "", "Location", signed(), "Date", "Sun, 01 Mar 2026 12:01:00 GMT", "Expires", "Sun, 01 Mar 2026 12:05:00 GMT"), want{Status: 302}, "Expires \"Sun"},
		"signature in body": {presigned(signed(), `<a href="…X-Amz-Signature=5ec7e7">`), want{Status: 302}, "the body contains the signature"},
		"signature in head": {presigned(signed(), "", "X-Copy", "5ec7e7"), want{Status: 302}, "X-Copy contains the signature"},
		"secret in body":    {presigned(signed(), "hush"), want{Secrets: []string{"hush"}, Status: 302}, "the body contains Secrets[0]"},
		"secret in URL":     {presigned(signed(func(q url.Values) { q.Set("k", "hush") }), ""), want{Secrets: []string{"hush"}, Status: 302}, "Location contains Secrets[0]"},
		"endless body":      {presigned(signed(), strings.Repeat("x", 64<<10+1)), want{Status: 302}, "more than 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tb spy
			storagetest.CheckPresigned(&tb, tc.response, tc.want)
			said := tb.text(t, 1)
			assert.Contains(t, said, tc.says)
			assert.NotContains(t, said, "5ec7e7")
			assert.NotContains(t, said, "hush")
		})
	}
}

func TestCheckPresignedSchemes(t *testing.T) {
	t.Parallel()
	policy := strings.NewReplacer("+", "-", "=", "_", "/", "~").Replace(base64.StdEncoding.EncodeToString(
		[]byte(`{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":1772366700}}}]}`)))
	for name, query := range map[string]string{ // all of them expire at 12:05
		"S3 v4":      "X-Amz-Date=20260301T120000Z&X-Amz-Expires=300&X-Amz-Signature=5ec7e7",
		"GCS v4":     "X-Goog-Date=20260301T120000Z&X-Goog-Expires=300&X-Goog-Signature=5ec7e7",
		"v2":         "Expires=1772366700&Signature=5ec7e7",
		"Azure":      "se=2026-03-01T12%3A05%3A00Z&sig=5ec7e7",
		"CloudFront": "Policy=" + policy + "&Signature=5ec7e7",
		"fileblob":   "expiry=1772366700&signature=5ec7e7",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := storagetest.WantPresigned{MinExpiry: 4 * time.Minute, MaxExpiry: 4 * time.Minute}
			storagetest.CheckPresigned(t, presigned("https://h/k?"+query, ""), want)
			var tb spy
			bare := strings.NewReplacer("20260301T120000Z", "", "1772366700", "", "2026-03-01T12%3A05%3A00Z", "", policy, "e30").Replace(query)
			storagetest.CheckPresigned(&tb, presigned("https://h/k?"+bare, ""), want)
			assert.Contains(t, tb.text(t, 1), "has no")
		})
	}
}

func TestCheckPresignedOverridesOfAzure(t *testing.T) {
	t.Parallel()
	location := "https://h/c/k?se=2026-03-01T12%3A05%3A00Z&sig=5ec7e7&rscd=inline%3B+filename%3D%22k%22&rsct=text%2Fplain"
	storagetest.CheckPresigned(t, presigned(location, ""), storagetest.WantPresigned{
		Bucket: "c", Key: "k", Filename: "k", Disposition: "inline", ContentType: "text/plain",
	})
}

// A signature with characters that a query escapes is found in both forms.
func TestCheckPresignedFindsAnEscapedSignature(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"a%2Fb%3D", "a/b="} {
		var tb spy
		location := "https://h/k?se=2026-03-01T12%3A05%3A00Z&sig=a%2Fb%3D"
		storagetest.CheckPresigned(&tb, presigned(location, body), storagetest.WantPresigned{Key: "k"})
		assert.Contains(t, tb.text(t, 1), "the body contains the signature")
	}
}

// The lifetime does not matter if no cache stores the redirect.
func TestCheckPresignedThatNoCacheStores(t *testing.T) {
	t.Parallel()
	storagetest.CheckPresigned(t, recorded(302, "", "Location", signed(), "Date", "Sun, 01 Mar 2026 12:01:00 GMT",
		"Cache-Control", "max-age=3600", "Cache-Control", "no-store"), storagetest.WantPresigned{Status: 302})
}

func TestCheckPresignedWithoutADate(t *testing.T) {
	t.Parallel()
	q := url.Values{"Signature": {"a"}, "Expires": {"4102444800"}}
	storagetest.CheckPresigned(t, recorded(302, "", "Location", "https://h/k?"+q.Encode()),
		storagetest.WantPresigned{MinExpiry: time.Hour, Key: "k"})
}

func TestCheckPresignedImpossible(t *testing.T) {
	t.Parallel()
	type want = storagetest.WantPresigned
	for name, tc := range map[string]struct {
		want want
		says string
	}{
		"nothing":       {want{}, "it checks nothing"},
		"only a clock":  {want{Now: lastModified, Secrets: []string{}, Header: http.Header{}}, "it checks nothing"},
		"status":        {want{Status: 301}, "is no temporary redirect"},
		"bounds":        {want{MinExpiry: time.Hour, MaxExpiry: time.Minute}, "MinExpiry 1h0m0s is above MaxExpiry 1m0s"},
		"negative":      {want{MinExpiry: -1}, "must not be negative"},
		"empty secret":  {want{Secrets: []string{"a", ""}}, "Secrets[1] is empty"},
		"bucket alone":  {want{Bucket: "b"}, "set without Key"},
		"disposition":   {want{Disposition: "a"}, "Disposition is attachment or inline"},
		"header's name": {want{Header: http.Header{"etag": nil}}, `whose canonical form is "Etag"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tb spy
			storagetest.CheckPresigned(&tb, presigned(signed(), ""), tc.want)
			assert.Contains(t, tb.text(t, 1), tc.says)
		})
	}
}

func TestCheckPresignedOfAnAbortedBody(t *testing.T) {
	t.Parallel()
	resp := presigned(signed(), "").Result()
	resp.Body = io.NopCloser(iotest.ErrReader(errors.New("reset")))
	var tb spy
	storagetest.CheckPresigned(&tb, resp, storagetest.WantPresigned{Status: http.StatusFound})
	assert.Contains(t, tb.text(t, 1), "the body was aborted after 0 bytes: reset")
}
