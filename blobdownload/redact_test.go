package blobdownload_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// secrets are texts of errors, all with the credential S3CR3T.
var secrets = []string{
	"Authorization: Bearer S3CR3T", "https://user:S3CR3T@db/x: refused", `Get "//host/k?sig=S3CR3T": EOF`,
	"s3://AKIA:S3CR3T@docs: no such bucket", "AccountKey=S3CR3T;x",
}

func TestS15NoCredentialReachesTheLog(t *testing.T) {
	t.Parallel()
	for _, text := range secrets {
		cause := errors.New(text)
		server, log := loggedServer()
		exchange(t, server.Handler(failingView(cause, nil)), "GET", "/")
		exchange(t, server.Handler(func(*http.Request) (*blobdownload.Download, error) { return nil, cause }), "GET", "/")
		server.Optimizer = blobdownload.OptimizerFunc(func(*http.Request, *blobdownload.Download) (*blobdownload.Redirect, error) {
			return nil, fmt.Errorf("sign: %w", cause)
		})
		exchange(t, server.Handler(viewOf(&blobdownload.Download{File: newCountingSource("x").file("a")})), "GET", "/")
		signer := newSigner(t, func(o *blobdownload.SignerOptions) {
			o.Once, o.Logger, o.URL = &oneUseMap{ids: map[string]bool{}, err: cause}, server.Logger, "/dl/"
		})
		link, err := signer.Sign(blobdownload.Link{Key: "a", Expires: inAMinute(), Once: true})
		require.NoError(t, err)
		exchange(t, signer.Require(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), "GET", link)
		assert.GreaterOrEqual(t, len(log.String()), 400)
		assert.NotContains(t, log.String(), "S3CR3T", text)
	}
}

func TestS15ErrorsOfOpeningHaveNoCredential(t *testing.T) {
	t.Parallel()
	for _, spec := range []string{
		"file://user:S3CR3T@srv/docs", "mem://user:S3CR3T@x?prefix=S3CR3T&unknown=1", "file:///nowhere/x?secret_key_path=S3CR3T", "x://S3CR3T:S3CR3T%zz@h",
	} {
		_, err := blobdownload.OpenStorage(t.Context(), spec)
		if err != nil {
			assert.NotContains(t, err.Error(), "S3CR3T", spec)
		}
		_, err = wrapper.OpenBucket(t.Context(), spec)
		if err != nil {
			assert.NotContains(t, err.Error(), "S3CR3T", spec)
		}
	}
}

// failingSigner fails with a text, as credentials that cannot sign do.
type failingSigner struct{ error }

func (s failingSigner) SignedURL(context.Context, wrapper.SignOptions) (string, error) {
	return "", s.error
}

func TestS15ErrorsOfSigningHaveNoCredential(t *testing.T) {
	t.Parallel()
	for _, text := range secrets {
		f := newCountingSource("x").file("a").WithSigner(failingSigner{errors.New(text)})
		_, err := f.SignedURL(t.Context(), wrapper.SignOptions{Expiry: time.Minute})
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "S3CR3T", text)
	}
}
