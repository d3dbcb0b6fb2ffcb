package gcs

import (
	"net/http"
	"net/url"

	"golang.org/x/oauth2"

	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

// WithTokens returns a store whose route is the direct one to an endpoint, with a source of tokens.
func WithTokens(endpoint *url.URL, bucket string, source oauth2.TokenSource) wrapper.Store {
	base := *endpoint
	base.Path = "/" + bucket + "/"
	d := newDirect(&account{bucket: bucket, base: base}, newCredentials(source))
	s := &store{route: func() route { return d }}
	s.service = upstream.Service{Protocol: protocol, Bucket: bucketName(bucket)}
	s.service.Clock.Store, s.service.Clock.Layout = "GCS", http.TimeFormat
	return s
}
