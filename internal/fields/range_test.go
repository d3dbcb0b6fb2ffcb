package fields_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/fields"
)

func TestContentRange(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]struct {
		off, n, total int64
		ok            bool
	}{
		"bytes 0-4/10":                   {0, 5, 10, true},
		"bytes 9-9/10":                   {9, 1, 10, true},
		"bytes 3-4/*":                    {3, 2, -1, true},
		"bytes 0-9223372036854775806/*":  {0, 9223372036854775807, -1, true},
		"bytes 0-9223372036854775807/*":  {0, 0, -1, false}, // its length overflows
		"bytes 5-10/10":                  {0, 0, 10, false},
		"bytes 10-9/10":                  {0, 0, 10, false},
		"bytes 5-4/10":                   {0, 0, 10, false},
		"bytes x-4/10":                   {0, 0, 10, false},
		"bytes */10":                     {},
		"bytes 0-4":                      {},
		"bytes 0-4/x":                    {},
		"bytes 0-4/-1":                   {},
		"bytes 0-4/9223372036854775808":  {},
		"bytes 0-18446744073709551616/*": {0, 0, -1, false},
		"items 0-4/10":                   {},
		"Bytes 0-4/10":                   {0, 5, 10, true}, // units are case-insensitive
		"BYTES 3-4/*":                    {3, 2, -1, true},
		"bytes":                          {},
		"bytes=0-4/10":                   {},
		"0-4/10":                         {},
		"":                               {},
	} {
		off, n, total, ok := fields.ContentRange(field)
		assert.Equal(t, want.ok, ok, field)
		assert.Equal(t, []int64{want.off, want.n, want.total}, []int64{off, n, total}, field)
	}
}

func TestUnsatisfiedLength(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]int64{
		"bytes */10": 10, "bytes */0": 0, "bytes */*": -1, "bytes */-1": -1, "bytes 0-4/10": -1, "items */10": -1, "": -1,
		"Bytes */10": 10, "*/10": -1, "bytes": -1,
		"bytes */9223372036854775807": 9223372036854775807, "bytes */9223372036854775808": -1,
	} {
		assert.Equal(t, want, fields.UnsatisfiedLength(field), field)
	}
}

func TestPastTheEnd(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]bool{
		"bytes 10-9/10": true, "bytes 0--1/0": true, "bytes 0-4/10": false, "bytes 9-9/10": false, "items 10-9/10": false, "": false,
		"Bytes 10-9/10": true, "10-9/10": false,
	} {
		assert.Equal(t, want, fields.PastTheEnd(field), field)
	}
}
