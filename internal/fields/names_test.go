package fields_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/fields"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	canonical := http.Header{"Vary": {"Cookie"}, "Content-Disposition": nil}
	same := fields.Canonical(canonical)
	same["A"] = nil
	assert.Contains(t, canonical, "A", "no copy")
	assert.Nil(t, fields.Canonical(nil))

	given := http.Header{"vary": {"Cookie"}, "VARY": {"Accept"}, "Etag": {`"x"`}, "content-disposition": nil, "x-a": {"1", "2"}}
	assert.Equal(t, http.Header{"Vary": {"Accept", "Cookie"}, "Etag": {`"x"`}, "Content-Disposition": nil, "X-A": {"1", "2"}}, fields.Canonical(given))
	assert.Len(t, given, 5)
	lower := "vary"
	assert.Len(t, given[lower], 1)
}
