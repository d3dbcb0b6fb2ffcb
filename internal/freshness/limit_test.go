package freshness_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/freshness"
)

func TestLimit(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":                                   "max-age=60",
		"public":                             "public, max-age=60",
		"public, max-age=3600, immutable":    "public, max-age=60, immutable",
		"s-maxage=3600":                      "s-maxage=60, max-age=60",
		"max-age=10, stale-if-error=86400":   "max-age=10",
		"max-age=10,stale-while-revalidate=": "max-age=10",
		"no-store":                           "no-store",
		"private, no-cache":                  "private, no-cache",
		`private="a, b", Max-Age="9"`:        `private="a, b", max-age=9`,
		`x="a, no-store, b"`:                 `x="a, no-store, b", max-age=60`,
		`x="a, max-age=3600"`:                "x, max-age=60",
		"no-store, must-understand":          "no-store, must-understand, max-age=60",
		"max-age=99999999999999999999":       "max-age=60",
		"max-age=0, max-age=9x":              "max-age=0, max-age=0",
		"max-age=0, s-maxage =9":             "max-age=0, s-maxage=0",
		"max-age=-1":                         "max-age=0",
		"max-age":                            "max-age=0",
		"no-store,\vmust-understand":         "no-store, \vmust-understand",
	} {
		assert.Equal(t, want, freshness.Limit(given, time.Minute+time.Millisecond), given)
	}
	assert.Equal(t, "public, no-cache", freshness.Limit("public, max-age=60", 0))
	assert.Equal(t, "no-store", freshness.Limit("no-store, max-age=9", -time.Hour))
}
