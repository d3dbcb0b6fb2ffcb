package gcs

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync/atomic"
	"time"

	"gocloud.dev/gcp"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"github.com/go-downloadview/downloadview/internal/flight"
)

// credentials make the Authorization of requests. Those that are nil send none.
type credentials struct {
	source  oauth2.TokenSource
	last    atomic.Pointer[authorization]
	flights flight.Group[string]
}

// authorization is a token as the field has it.
type authorization struct {
	token *oauth2.Token
	field string
}

// findCredentials returns the Application Default Credentials, which are those of Go CDK's gs:// URLs. It moves the account to
// their universe: their tokens are sent to no other.
func findCredentials(a *account) (*credentials, error) {
	if a.public {
		return nil, nil //nolint:nilnil // nil sends none
	}
	ctx := context.Background() // the credentials keep it
	if a.universe != "" {
		found, err := gcp.DefaultCredentialsWithParams(ctx, google.CredentialsParams{UniverseDomain: a.universe})
		if err != nil {
			return nil, err
		}
		return newCredentials(found.TokenSource), nil
	}
	found, err := gcp.DefaultCredentials(ctx)
	if err != nil {
		return nil, err
	}
	universe, err := found.GetUniverseDomain()
	if err != nil {
		return nil, err
	}
	if universe != defaultUniverse {
		a.universe = universe
		if err := a.locate(); err != nil {
			return nil, err
		}
	}
	return newCredentials(found.TokenSource), nil
}

const defaultUniverse = "googleapis.com"

// field returns the value of Authorization. While a token is renewed, requests wait for the same one, each until its own
// context is done.
func (c *credentials) field(ctx context.Context) (string, error) {
	if c == nil {
		return "", nil
	}
	if a := c.last.Load(); a != nil && a.token.Valid() {
		return a.field, nil
	}
	return c.flights.Do(ctx, "", func(context.Context) (string, error) {
		token, err := c.source.Token()
		if err != nil {
			return "", fmt.Errorf("GCS credentials: %w", withoutBody(err))
		}
		a := &authorization{token, token.Type() + " " + token.AccessToken}
		c.last.Store(a)
		return a.field, nil
	})
}

// tokenLimit is how long requests wait for one call of a token source, whose calls have no context.
const tokenLimit = time.Minute

func newCredentials(source oauth2.TokenSource) *credentials {
	return &credentials{source: source, flights: flight.Group[string]{Limit: tokenLimit, Continues: true}}
}

// withoutBody drops the response of the token's endpoint, which errors contain, and the URL.
func withoutBody(err error) error {
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok && e.Response != nil {
		return fmt.Errorf("the endpoint of tokens answered %d: are they valid, and not revoked?", e.Response.StatusCode)
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("the endpoint of tokens was not reached: %w", e.Err)
	}
	return errors.New("they yield no token: are they valid, and may they be exchanged or impersonated?")
}
