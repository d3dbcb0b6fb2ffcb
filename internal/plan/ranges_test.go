package plan_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/plan"
)

func TestParseRange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, header string
		want         []plan.Spec
	}{
		{"14.1.2 first and last", "bytes=0-499", []plan.Spec{{0, 499}}},
		{"14.1.2 to the end", "bytes=9500-", []plan.Spec{{9500, -1}}},
		{"14.1.2 suffix", "bytes=-500", []plan.Spec{{-1, 500}}},
		{"14.1.2 suffix of nothing", "bytes=-0", []plan.Spec{{-1, 0}}},
		{"14.1.2 three with blanks", "bytes= 0-999, 4500-5499, -1000", []plan.Spec{{0, 999}, {4500, 5499}, {-1, 1000}}},
		{"14.1 unit in another case", "ByTeS=0-4", []plan.Spec{{0, 4}}},
		{"blanks around it", " \tbytes=0-4 ", []plan.Spec{{0, 4}}},
		{"5.6.1.2 empty members", "bytes=,, ,0-4,,\t6-7 ,", []plan.Spec{{0, 4}, {6, 7}}},
		{"leading zeros", "bytes=000-0004", []plan.Spec{{0, 4}}},
		{"thousands of zeros", "bytes=0-" + strings.Repeat("0", 8000) + "4", []plan.Spec{{0, 4}}},
		{"last beyond int64", "bytes=0-9223372036854775808", []plan.Spec{{0, math.MaxInt64}}},
		{"both beyond int64", "bytes=18446744073709551616-18446744073709551620",
			[]plan.Spec{{math.MaxInt64, math.MaxInt64}}},
		{"suffix beyond int64", "bytes=-99999999999999999999", []plan.Spec{{-1, math.MaxInt64}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			specs, ok := plan.ParseRange(c.header)
			assert.True(t, ok)
			assert.Equal(t, c.want, specs)

			spec, ok := plan.Single(c.header)
			assert.Equal(t, len(c.want) == 1, ok)
			if ok {
				assert.Equal(t, c.want[0], spec)
			}
		})
	}
}

func TestParseRangeRefuses(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]string{
		"empty":                        "",
		"unit alone":                   "bytes",
		"no unit":                      "0-4",
		"empty unit":                   "=0-4",
		"other unit":                   "items=0-5",
		"longer unit":                  "bytesX=0-5",
		"unit that folds to bytes":     "byte\u017f=0-5",
		"blank before =":               "bytes =0-4",
		"nothing":                      "bytes=",
		"commas":                       "bytes= , ,",
		"dash":                         "bytes=-",
		"two dashes":                   "bytes=--5",
		"three numbers":                "bytes=1-2-3",
		"no dash":                      "bytes=5",
		"sign before first":            "bytes=+0-1",
		"sign before last":             "bytes=0-+1",
		"sign in suffix":               "bytes=-+5",
		"blank in a member":            "bytes=0 - 1",
		"blank in a suffix":            "bytes=- 5",
		"blank between members":        "bytes=10-11 12-",
		"hexadecimal":                  "bytes=0F-FF",
		"fraction":                     "bytes=1.5-3",
		"other digits":                 "bytes=٠-٤",
		"14.1.2 reversed":              "bytes=5-4",
		"reversed, not read as text":   "bytes=10-9",
		"reversed beyond int64":        "bytes=18446744073709551620-18446744073709551616",
		"reversed after zeros":         "bytes=5-000000000000000000000004",
		"one invalid member":           "bytes=0-4,x",
		"one reversed member":          "bytes=0-2,5-4",
		"invalid after unsatisfiable":  "bytes=99999-,5-2",
		"two lines":                    "bytes=0-4, bytes=6-7",
		"quoted":                       `"bytes=0-4"`,
		"longer than 8 KiB":            "bytes=0-" + strings.Repeat("0", 8185),
		"more than 1024 members":       "bytes=" + strings.Repeat("0-,", 1025),
		"1024 members, then a bad one": "bytes=" + strings.Repeat("0-,", 1024) + "x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			specs, ok := plan.ParseRange(header)
			assert.False(t, ok, "%v", specs)
			_, ok = plan.Single(header)
			assert.False(t, ok)

			d := plan.Decide(&plan.Request{Range: header}, &plan.Facts{Size: 100})
			assert.Equal(t, "200", describe(d))
		})
	}
}

func TestParseRangeAtItsBounds(t *testing.T) {
	t.Parallel()
	specs, ok := plan.ParseRange("bytes=" + strings.Repeat("0-,", 1024))
	assert.True(t, ok)
	assert.Len(t, specs, 1024)

	_, ok = plan.Single("bytes=0-" + strings.Repeat("0", 8192-len("bytes=0-")))
	assert.True(t, ok)
}
