package plan_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/plan"
)

func TestSpecWindow(t *testing.T) {
	t.Parallel()
	const most = math.MaxInt64
	for _, c := range []struct {
		name string
		spec plan.Spec
		size int64
		want plan.Window
		ok   bool
	}{
		{"inside", plan.Spec{First: 2, Last: 5}, 10, plan.Window{Off: 2, N: 4}, true},
		{"one byte", plan.Spec{First: 9, Last: 9}, 10, plan.Window{Off: 9, N: 1}, true},
		{"clipped", plan.Spec{First: 2, Last: 10}, 10, plan.Window{Off: 2, N: 8}, true},
		{"clipped from the largest number", plan.Spec{First: 2, Last: most}, 10, plan.Window{Off: 2, N: 8}, true},
		{"to the end", plan.Spec{First: 2, Last: -1}, 10, plan.Window{Off: 2, N: 8}, true},
		{"suffix", plan.Spec{First: -1, Last: 3}, 10, plan.Window{Off: 7, N: 3}, true},
		{"suffix longer than the file", plan.Spec{First: -1, Last: 11}, 10, plan.Window{N: 10}, true},
		{"suffix of the largest number", plan.Spec{First: -1, Last: most}, 10, plan.Window{N: 10}, true},
		{"first at the end", plan.Spec{First: 10, Last: -1}, 10, plan.Window{}, false},
		{"first is the largest number", plan.Spec{First: most, Last: most}, most, plan.Window{}, false},
		{"largest file", plan.Spec{First: 0, Last: most}, most, plan.Window{N: most}, true},
		{"empty file", plan.Spec{First: 0, Last: -1}, 0, plan.Window{}, false},
		{"empty file, suffix", plan.Spec{First: -1, Last: 5}, 0, plan.Window{}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, ok := c.spec.Window(c.size)
			assert.Equal(t, c.ok, ok)
			assert.Equal(t, c.want, w)
		})
	}
	for _, size := range []int64{0, 10} {
		_, ok := plan.Spec{First: -1}.Window(size)
		assert.False(t, ok, "a suffix of no bytes, size %d", size)
	}
}

func TestSpecString(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"bytes=0-4", "bytes=5-", "bytes=-5", "bytes=-0", "bytes=0-9223372036854775807"} {
		spec, ok := plan.Single(field)
		assert.True(t, ok)
		assert.Equal(t, field, spec.String())
	}
}

func TestContentRange(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "bytes 0-4/10", plan.Window{N: 5}.ContentRange(10))
	assert.Equal(t, "bytes 0-4/*", plan.Window{N: 5}.ContentRange(-1))
	assert.Equal(t, "bytes 9223372036854775806-9223372036854775806/9223372036854775807",
		plan.Window{Off: math.MaxInt64 - 1, N: 1}.ContentRange(math.MaxInt64))
	assert.Equal(t, "bytes */10", plan.Unsatisfied(10))
	assert.Equal(t, "bytes */0", plan.Unsatisfied(0))
}
