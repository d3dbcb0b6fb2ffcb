package wrapper_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

func ExampleVariant() {
	v := wrapper.Variant{Name: "photos/42.jpg", Version: "7", Params: map[string]string{"w": "400", "h": "300"}}
	fmt.Println(v.Key())
	// Output: photos/42.jpg/v7,h=300,w=400
}

func TestVariantKeysAreCanonical(t *testing.T) {
	t.Parallel()
	for _, v := range []wrapper.Variant{
		{Name: "a"},
		{Name: "a/v1", Version: "2"},
		{Name: "a", Version: "/v1,w=4 ü%", Params: map[string]string{"": "", "=,": "/v", "w": "400"}},
	} {
		got, err := wrapper.ParseVariant(v.Key())
		require.NoError(t, err, v.Key())
		assert.Equal(t, v, got)
	}
	for _, key := range []string{
		"", "a", "/v1", "a/v1,w=400,h=300", "a/v1,w=400,w=400", "a/v1,w", "a/v%31", "a/v1,w=%zz", "a/v+", "a/v1,", "a/v1,w=4=0",
	} {
		_, err := wrapper.ParseVariant(key)
		require.Error(t, err, key)
	}
}

func FuzzVariant(f *testing.F) {
	f.Add("a/v1,w=400")
	f.Fuzz(func(t *testing.T, key string) {
		if v, err := wrapper.ParseVariant(key); err == nil {
			assert.Equal(t, key, v.Key())
		}
	})
}
