package gcs

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"gocloud.dev/gcp"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

// credentials make the Authorization of requests. nil sends none.
type credentials struct {
	source oauth2.TokenSource // keeps a token until shortly before it expires
	last   atomic.Pointer[authorization]
}

// authorization is a token as the field has it.
type authorization struct {
	token *oauth2.Token
	field string
}

// findCredentials returns the Application Default Credentials, which are those of Go CDK's gs:// URLs.
func findCredentials(t *target) (*credentials, error) {
	if t.public {
		return nil, nil //nolint:nilnil // nil sends none
	}
	ctx := context.Background() // the credentials keep it
	var found *google.Credentials
	var err error
	if t.universe == "" {
		found, err = gcp.DefaultCredentials(ctx)
	} else {
		found, err = gcp.DefaultCredentialsWithParams(ctx, google.CredentialsParams{UniverseDomain: t.universe})
	}
	if err != nil {
		return nil, err
	}
	return &credentials{source: oauth2.ReuseTokenSource(nil, found.TokenSource)}, nil
}

// field returns the value of Authorization.
func (c *credentials) field() (string, error) {
	if c == nil {
		return "", nil
	}
	token, err := c.source.Token()
	if err != nil {
		return "", fmt.Errorf("GCS credentials: %w", withoutBody(err))
	}
	a := c.last.Load()
	if a == nil || a.token != token {
		a = &authorization{token, token.Type() + " " + token.AccessToken}
		c.last.Store(a)
	}
	return a.field, nil
}

// withoutBody drops the answer of the token's endpoint, which the error would repeat.
func withoutBody(err error) error {
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok && e.Response != nil {
		return fmt.Errorf("the endpoint of tokens answered %d: are they valid, and not revoked?", e.Response.StatusCode)
	}
	return err
}
