package blobdownload_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// signingSource is a source with SignedURL.
type signingSource struct {
	*countingSource
	options wrapper.SignOptions
}

func (s *signingSource) SignedURL(_ context.Context, o wrapper.SignOptions) (string, error) {
	s.options = o
	return "https://cloud.example/a?sig=x", nil
}

// D16: signatures did not expire by default.
func TestD16_SignaturesExpireByDefault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		expiry, signed time.Duration // signed 0: an error
	}{
		{"default", 0, wrapper.DefaultExpiry},
		{"a second", time.Second, time.Second},
		{"seven days", 7 * 24 * time.Hour, 7 * 24 * time.Hour},
		{"no fractions", 1500 * time.Millisecond, time.Second},
		{"below a second", 999 * time.Millisecond, 0},
		{"negative", -time.Hour, 0},
		{"above seven days", 7*24*time.Hour + time.Second, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &signingSource{countingSource: newCountingSource("content")}
			u, err := wrapper.New("a", s).SignedURL(t.Context(), wrapper.SignOptions{Expiry: c.expiry})
			assert.Equal(t, c.signed, s.options.Expiry)
			if c.signed == 0 {
				require.ErrorContains(t, err, "Expiry")
				assert.Empty(t, u)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "https://cloud.example/a?sig=x", u)
			assert.Equal(t, "GET", s.options.Method)
		})
	}
	assert.Positive(t, wrapper.DefaultExpiry)
	assert.LessOrEqual(t, wrapper.DefaultExpiry, time.Hour)
}
