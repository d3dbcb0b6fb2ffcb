package freshness_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/freshness"
)

func TestPrivate(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":                                     "private",
		"public, max-age=60, s-maxage=90":      "private, max-age=60",
		"Private=\"Set-Cookie\", no-cache":     "private, no-cache",
		"public, no-store":                     "public, no-store",
		"public, no-store, must-understand":    "private, no-store, must-understand",
		`x="a, no-store, b", public`:           `private, x="a, no-store, b"`,
		`no-cache="a, public", max-age=60`:     `private, no-cache="a, public", max-age=60`,
		"no-store=1, proxy-revalidate, public": "private, no-store=1",
	} {
		assert.Equal(t, want, freshness.Private(given), given)
	}
}

func TestIsPublic(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]bool{
		"Public, max-age=60": true, "max-age=60 , public": true,
		"": false, "max-age=60": false, "public, private": false, "public, No-Store": false, `public, private="a"`: false,
		`max-age=60, x="a, public, b"`: false, `x="a, public`: false,
	} {
		assert.Equal(t, want, freshness.IsPublic(field), field)
	}
}

// FuzzPrivate: no shared cache may store a response with the result, and no directive for other caches is lost.
func FuzzPrivate(f *testing.F) {
	for _, field := range []string{
		"", "public, max-age=60", "no-store", "public, no-store, must-understand", `x="a, no-store, b"`, `private="a"`, `x="a, private`, "no-\u017ftore",
	} {
		f.Add(field)
	}
	f.Fuzz(func(t *testing.T, field string) {
		got := freshness.Private(field)
		list := parse(got)
		has := func(name string) bool { return slices.Contains(list, directive{name, ""}) }
		never := has("no-store") && !has("must-understand")
		require.True(t, never || has("private"), "%q", got)
		assert.False(t, freshness.IsPublic(got), "%q", got)
		assert.Equal(t, got, freshness.Private(got), "the result needs no other change")
		if never || !closed.MatchString(field) {
			return
		}
		assert.False(t, slices.ContainsFunc(list, func(d directive) bool { return d.name == "public" || d.name == "s-maxage" }), "%q", got)
		for _, d := range parse(field) {
			switch d.name {
			case "public", "private", "s-maxage", "proxy-revalidate":
			default:
				assert.Contains(t, list, d, "%q", field)
			}
		}
	})
}
