package requestid_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/requestid"
)

func TestHeaderIsCanonical(t *testing.T) {
	t.Parallel()
	assert.Equal(t, requestid.Header, http.CanonicalHeaderKey("X-Request-ID"))
}

// LG1: an id that needs quoting in a log line, or that is long, is no id.
func TestValid(t *testing.T) {
	t.Parallel()
	for _, id := range []string{
		"a", "0123456789abcdef0123456789abcdef", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "Root=1-67891233-abcdef012345678912345678",
		"urn:x/y+z@host~1._", strings.Repeat("a", 64),
	} {
		assert.True(t, requestid.Valid(id), id)
		assert.Equal(t, id, requestid.Clean(id))
	}
	for _, id := range []string{
		"", strings.Repeat("a", 65), "a b", "a\tb", "a\nb", "a\r\nX: y", `a"b`, `a\b`, "a'b", "a,b", "a;b", "a&b", "a%0ab", "a?b", "a#b", "a<b",
		"a\x00b", "a\x7fb", "a\x1b[2Jb", "ä", "\xff", "a\u202eb",
	} {
		assert.False(t, requestid.Valid(id), "%q", id)
		assert.Empty(t, requestid.Clean(id))
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	a, b := requestid.New(), requestid.New()
	assert.Regexp(t, `^[0-9a-f]{32}$`, a)
	assert.NotEqual(t, a, b)
	assert.True(t, requestid.Valid(a))
}

// LG2: of two ids in a query, neither is used.
func TestOfQuery(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"": "", "x-request-id=a1": "a1", "y=1&x-request-id=a%3D1&z": "a=1", "x-request-id=a&x-request-id=b": "", "x-request-id=": "",
		"x-request-id=a%0Ab": "", "x-request-id=a%zz": "", "X-Request-ID=a": "", "x-request-id=a;b": "",
	} {
		assert.Equal(t, want, requestid.OfQuery(query), query)
	}
}
