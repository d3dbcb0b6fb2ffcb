package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/plan"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"bytes=0-4":                   true,
		"bytes=500-":                  true,
		"bytes=-5":                    true,
		"bytes=0-0,2-2,-1":            true,
		"bytes=0-0, 2-2, -1":          true,
		"bytes=0-9223372036854775807": true,
		"bytes=0-9223372036854775808": false,
		"bytes=-99999999999999999999": false,
		"bytes=00-4":                  false,
		"Bytes=0-4":                   false,
		"bytes= 0-4":                  false,
		"bytes=0-4 ":                  false,
		"bytes=0-4,  6-7":             false,
		"bytes=0-4,\t6-7":             false,
		"bytes=0-4 ,6-7":              false,
		"bytes=,0-4":                  false,
		"bytes=0-4,":                  false,
		"bytes=0-4,,6-7":              false,
		"bytes=0-4,7-6":               false,
		"bytes=abc":                   false,
		"lines=0-4":                   false,
		"":                            false,
		"bytes=" + long(1025):         false,
		"bytes=" + long(16):           true,
	} {
		assert.Equal(t, want, plan.Plain(header), "%.60q", header)
	}
}

func long(n int) string { return strings.TrimSuffix(strings.Repeat("1-2,", n), ",") }
