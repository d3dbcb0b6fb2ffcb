package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// rangeSeeds are the seeds of both fuzz tests.
var rangeSeeds = []string{
	"", "bytes=0-0", "bytes=0-", "bytes=-1", "bytes=-0", "bytes=5-4", "bytes=10-9", "BYTES=2-5", "lines=0-1", "bytes",
	"bytes=", "bytes=,", "bytes=-", "bytes=+0-1", "bytes=0 - 1", "bytes= \t1-2 , ,3-", "bytes=0-1,-1", "bytes=0-9,90-99",
	"bytes=0-9,91-99", "bytes=400-,0-9,200-201", "bytes=0-49,50-", "bytes=99-,100-,101-", "bytes=1000-,2000-",
	"bytes=9223372036854775807-", "bytes=9223372036854775808-9223372036854775809", "bytes=0-18446744073709551616",
	"bytes=18446744073709551620-18446744073709551616", "bytes=-99999999999999999999", "bytes=0-4, bytes=6-7", "0-4",
	"bytes=0-0,200-200,400-400,600-600,800-800", "bytes=" + strings.Repeat("0-0,", 1025),
}

// FuzzRange compares the parsers of a Range field with the reference parser.
func FuzzRange(f *testing.F) {
	for _, seed := range rangeSeeds {
		for _, size := range []uint16{0, 1, 100, 1000} {
			f.Add(seed, size)
		}
	}
	f.Fuzz(func(t *testing.T, header string, n uint16) {
		size := int64(n % 2000)

		var want []plan.Spec
		for _, s := range slowParse(header) {
			want = append(want, s.spec())
		}
		specs, ok := plan.ParseRange(header)
		require.Equal(t, want != nil, ok)
		require.Equal(t, want, specs)
		spec, single := plan.Single(header)
		require.Equal(t, len(want) == 1, single)
		if single {
			require.Equal(t, want[0], spec)
		}

		d := plan.Decide(&plan.Request{Range: header}, &plan.Facts{Size: size})
		if header == "" {
			require.Equal(t, "200", describe(d))
			return
		}
		require.Equal(t, slowDecide(header, size), describe(d))
		for i := range d.Len() {
			w := d.At(i)
			assert.Equal(t, fmt.Sprintf("bytes %d-%d/%d", w.Off, w.Off+w.N-1, size), w.ContentRange(size))
		}
	})
}
