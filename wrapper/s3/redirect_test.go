package s3_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/s3blob"

	"github.com/go-downloadview/downloadview/internal/objectserver"
	"github.com/go-downloadview/downloadview/wrapper"
)

func TestW8RedirectIsFollowedOnce(t *testing.T) {
	t.Parallel()
	for name, change := range routes {
		for _, tt := range []struct {
			name   string
			first  func(second string) objectserver.Refusal
			passed bool
		}{
			{"307 with a Location", func(second string) objectserver.Refusal {
				return objectserver.Refusal{Status: 307, Code: "TemporaryRedirect", Header: http.Header{"Location": {second + "/bkt/a%20b%2B%C5%BC?rk=e2c69a31"}}}
			}, true},
			{"301 with a Location of the same host", func(second string) objectserver.Refusal {
				return objectserver.Refusal{Status: 301, Header: http.Header{"Location": {second + "/bkt/a%20b+%C5%BC"}}}
			}, true},
			{"307 to another scheme", func(second string) objectserver.Refusal {
				return objectserver.Refusal{Status: 307, Code: "TemporaryRedirect", Header: http.Header{"Location": {strings.Replace(second, "http", "ftp", 1) + "/bkt/a%20b+%C5%BC"}}}
			}, false},
			{"307 to another domain without an error of the store", func(second string) objectserver.Refusal {
				return objectserver.Refusal{Status: 307, Header: http.Header{"Location": {strings.Replace(second, "127.0.0.1", "localhost", 1) + "/bkt/a%20b+%C5%BC"}}}
			}, false},
			{"302 to a login page", func(second string) objectserver.Refusal {
				return objectserver.Refusal{Status: 302, Header: http.Header{"Location": {second + "/login"}}}
			}, false},
			{"307 to another key", func(second string) objectserver.Refusal {
				return objectserver.Refusal{Status: 307, Code: "TemporaryRedirect", Header: http.Header{"Location": {second + "/bkt/other"}}}
			}, false},
		} {
			t.Run(name+" "+tt.name, func(t *testing.T) {
				t.Parallel()
				first, second := startObjects(t), startObjects(t)
				put(second, "a b+ż", "content")
				f := wrapper.Blob(openBucket(t, first.URL, change), "a b+ż")
				first.Refuse(tt.first(second.URL))
				got, err := fetch(t, f)
				if !tt.passed {
					require.Error(t, err)
					assert.Empty(t, second.Take())
					return
				}
				require.NoError(t, err)
				assert.Equal(t, "content", got)
				assert.Equal(t, []int{200}, objectserver.Statuses(second.Take()))

				first.Refuse(tt.first(second.URL))
				second.Refuse(tt.first(first.URL))
				_, err = fetch(t, f)
				require.ErrorContains(t, err, "upstream returned 30")
			})
		}
	}
}

// S3 names the endpoint of a bucket in the body of a 301, and its region in a field.
func TestW8EndpointOfAnErrorIsSignedForItsRegion(t *testing.T) {
	t.Parallel()
	for name, change := range routes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var hosts, scopes []string
			transport := roundTrip(func(r *http.Request) *http.Response {
				hosts = append(hosts, r.URL.Host)
				scopes = append(scopes, strings.Split(r.Header.Get("Authorization"), "/")[2])
				if len(hosts) == 1 {
					return reply(r, 301, http.Header{"X-Amz-Bucket-Region": {"eu-west-1"}},
						"<Error><Code>PermanentRedirect</Code><Endpoint>bkt.s3.eu-west-1.amazonaws.com</Endpoint></Error>")
				}
				assert.Equal(t, "/k", r.URL.Path)
				assert.Empty(t, verify(r, time.Now()))
				return reply(r, 200, http.Header{"Etag": {`"x"`}}, "content")
			})
			options := s3.Options{Region: "us-east-1", Credentials: static(testCredentials)}
			change(&options)
			options.HTTPClient = &http.Client{Transport: transport}
			b, err := s3blob.OpenBucket(t.Context(), s3.New(options), "bkt", nil)
			require.NoError(t, err)
			defer b.Close()
			got, err := fetch(t, wrapper.Blob(b, "k"))
			require.NoError(t, err)
			assert.Equal(t, "content", got)
			assert.Equal(t, "[bkt.s3.us-east-1.amazonaws.com bkt.s3.eu-west-1.amazonaws.com] [us-east-1 eu-west-1]", fmt.Sprint(hosts, scopes))
		})
	}
}

// static provides the same credentials for ever.
func static(c aws.Credentials) aws.CredentialsProvider { return fixed(c) }
