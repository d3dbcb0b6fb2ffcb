package s3_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/objectserver"
)

// signature computes Signature Version 4 as
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html describes it. It shares no
// code with the package.
func signature(secret, scope, date, canonicalRequest string) string {
	mac := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	key := []byte("AWS4" + secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	sum := sha256.Sum256([]byte(canonicalRequest))
	return hex.EncodeToString(mac(key, strings.Join([]string{"AWS4-HMAC-SHA256", date, scope, hex.EncodeToString(sum[:])}, "\n")))
}

// canonical is the canonical request of S3, whose paths are escaped once.
func canonical(method string, u *url.URL, host string, h http.Header, signedHeaders, payload string) string {
	pairs := []string{}
	for name, values := range u.Query() {
		for _, v := range values {
			if name != "X-Amz-Signature" {
				pairs = append(pairs, escape(name)+"="+escape(v))
			}
		}
	}
	slices.Sort(pairs)
	lines := []string{method, u.EscapedPath(), strings.Join(pairs, "&")}
	for name := range strings.SplitSeq(signedHeaders, ";") {
		value := strings.Join(h.Values(name), ",")
		if name == "host" {
			value = host
		}
		lines = append(lines, name+":"+strings.TrimSpace(value))
	}
	return strings.Join(append(lines, "", signedHeaders, payload), "\n")
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// verify returns the code by which a store refuses a request, or "".
func verify(r *http.Request, now time.Time) string {
	q := r.URL.Query()
	credential, signedHeaders, got := q.Get("X-Amz-Credential"), q.Get("X-Amz-SignedHeaders"), q.Get("X-Amz-Signature")
	date, payload, life := q.Get("X-Amz-Date"), "UNSIGNED-PAYLOAD", 15*time.Minute
	if got == "" {
		fields, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=")
		if !ok {
			return "AccessDenied"
		}
		credential, fields, _ = strings.Cut(fields, ", SignedHeaders=")
		signedHeaders, got, _ = strings.Cut(fields, ", Signature=")
		date, payload = r.Header.Get("X-Amz-Date"), r.Header.Get("X-Amz-Content-Sha256")
		for name := range r.Header { // a store requires that all of these are signed
			if strings.HasPrefix(name, "X-Amz-") && !slices.Contains(strings.Split(signedHeaders, ";"), strings.ToLower(name)) {
				return "AccessDenied"
			}
		}
	} else if seconds, err := time.ParseDuration(q.Get("X-Amz-Expires") + "s"); err == nil {
		life = seconds
	}
	at, err := time.Parse("20060102T150405Z", date)
	if err != nil || now.Before(at.Add(-15*time.Minute)) || now.After(at.Add(life)) {
		return "RequestTimeTooSkewed"
	}
	id, scope, _ := strings.Cut(credential, "/")
	want := signature(testCredentials.SecretAccessKey, scope, date, canonical(r.Method, r.URL, r.Host, r.Header, signedHeaders, payload))
	if id != testCredentials.AccessKeyID || got != want {
		return "SignatureDoesNotMatch"
	}
	return ""
}

func refuse(code string) *objectserver.Refusal {
	if code == "" {
		return nil
	}
	return &objectserver.Refusal{Status: http.StatusForbidden, Code: code}
}

// exampleCredentials are those of AWS's documentation.
var exampleCredentials = aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}

const emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// The vectors are those of AWS's Signature Version 4 test suite, and the examples of the S3 API reference.
func TestVerifierComputesThePublishedSignatures(t *testing.T) {
	t.Parallel()
	const suiteSecret, suiteScope, suiteDate = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830/us-east-1/service/aws4_request", "20150830T123600Z"
	s3Secret, s3Scope, s3Date := exampleCredentials.SecretAccessKey, "20130524/us-east-1/s3/aws4_request", "20130524T000000Z"
	for _, tt := range []struct {
		name, secret, scope, date string
		target                    string
		header                    http.Header
		signedHeaders, payload    string
		want                      string
	}{
		{
			"get-vanilla", suiteSecret, suiteScope, suiteDate, "https://example.amazonaws.com/",
			http.Header{"X-Amz-Date": {suiteDate}}, "host;x-amz-date", emptySHA256,
			"5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
		},
		{
			"get-vanilla-query-order-key-case", suiteSecret, suiteScope, suiteDate, "https://example.amazonaws.com/?Param2=value2&Param1=value1",
			http.Header{"X-Amz-Date": {suiteDate}}, "host;x-amz-date", emptySHA256,
			"b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
		},
		{
			"GET object", s3Secret, s3Scope, s3Date, "https://examplebucket.s3.amazonaws.com/test.txt",
			http.Header{"Range": {"bytes=0-9"}, "X-Amz-Content-Sha256": {emptySHA256}, "X-Amz-Date": {s3Date}},
			"host;range;x-amz-content-sha256;x-amz-date", emptySHA256,
			"f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
		},
		{
			"presigned GET object", s3Secret, s3Scope, s3Date,
			"https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F" +
				"20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host",
			nil, "host", "UNSIGNED-PAYLOAD", "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(tt.target)
			assert.NoError(t, err)
			request := canonical(http.MethodGet, u, u.Host, tt.header, tt.signedHeaders, tt.payload)
			assert.Equal(t, tt.want, signature(tt.secret, tt.scope, tt.date, request), request)
		})
	}
}
