package disposition_test

import (
	"encoding/hex"
	"encoding/json"
	"mime"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/disposition"
)

// oddName is a line of testdata/names.json: a name, and the name that a parser must read.
type oddName struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Hex   string `json:"hex"`   // instead of Name, for bytes that are not UTF-8
	Reads string `json:"reads"` // "" for no name at all
	Times int    `json:"times"` // repetitions of the first character of Name
	Left  int    `json:"left"`  // repetitions of the first character of Reads
}

func (o oddName) given(t testing.TB) string {
	if o.Hex != "" {
		b, err := hex.DecodeString(o.Hex)
		require.NoError(t, err)
		return string(b)
	}
	return stretch(o.Name, o.Times)
}

func (o oddName) read() string { return stretch(o.Reads, o.Left) }

func stretch(s string, times int) string {
	if times == 0 {
		return s
	}
	_, n := utf8.DecodeRuneInString(s)
	return strings.Repeat(s[:n], times) + s[n:]
}

func oddNames(t testing.TB) []oddName {
	b, err := os.ReadFile("testdata/names.json")
	require.NoError(t, err)
	var names []oddName
	require.NoError(t, json.Unmarshal(b, &names))
	require.Len(t, names, 89)
	return names
}

func TestOddNames(t *testing.T) {
	t.Parallel()
	for _, o := range oddNames(t) {
		t.Run(o.ID, func(t *testing.T) {
			t.Parallel()
			name := o.given(t)
			assert.Equal(t, "inline", checkField(t, disposition.Format(true, name), o.read()).kind)
			assert.Equal(t, "attachment", checkField(t, disposition.Format(false, name), o.read()).kind)
			assert.Equal(t, o.read(), disposition.Sanitize(name))
		})
	}
}

// checkField asserts the invariants of every value: two parsers read the name, and the field is unambiguous.
func checkField(t testing.TB, value, name string) field {
	t.Helper()
	assert.LessOrEqual(t, len(value), 2048, "front servers refuse long fields")
	for i := range len(value) {
		if value[i] < ' ' || value[i] > '~' {
			require.Failf(t, "not printable ASCII", "%q", value)
		}
	}
	f, err := read(value)
	require.NoError(t, err, value)
	assert.Equal(t, name, f.name(), value)

	kind, params, err := mime.ParseMediaType(value)
	require.NoError(t, err, value)
	assert.Equal(t, f.kind, kind)
	assert.Equal(t, name, params["filename"], value)

	assert.NotContains(t, f.plain, "%", "some readers decode it")
	assert.NotContains(t, f.plain, "=?", "some readers decode RFC 2047")
	switch {
	case name == "":
		assert.Empty(t, f.params)
	case f.plain == name:
		assert.Equal(t, []string{"filename"}, f.params)
	default:
		assert.Equal(t, []string{"filename", "filename*"}, f.params)
		assert.Len(t, f.plain, utf8.RuneCountInString(name), "one _ a character")
	}
	return f
}
