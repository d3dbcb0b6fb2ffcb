package fields_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/fields"
)

func TestCodings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field string
		want  []string
	}{
		"none":                    {"", nil},
		"one":                     {"gzip", []string{"gzip"}},
		"alias, upper case":       {" X-GZIP ", []string{"gzip"}},
		"two":                     {"deflate, br", []string{"deflate", "br"}},
		"W1 transfer encoding":    {"base64", nil},
		"W1 charset":              {"utf-8", nil},
		"W1 word for none":        {"none", nil},
		"W1 no token":             {"gzip;q=1, \"gzip\", g zip", nil},
		"W3 upload":               {"aws-chunked,gzip", []string{"gzip"}},
		"W3 identity and nothing": {"identity, , gzip,", []string{"gzip"}},
		"known here":              {"rot0", []string{"rot0"}},
		"as many as may":          {"gzip,gzip,gzip", []string{"gzip", "gzip", "gzip"}},
		"S6 too many":             {"gzip,gzip,gzip,gzip", nil},
		"S6 hundreds":             {strings.Repeat("gzip,", 400), nil},
	} {
		assert.Equal(t, c.want, fields.Codings(c.field, func(s string) bool { return s == "rot0" }), name)
	}
}

func TestLinesOfAListAreOneValue(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines        []string
		list, single string
	}{
		"none":       {nil, "", ""},
		"one":        {[]string{" gzip "}, "gzip", "gzip"},
		"W2 a blank": {[]string{"", "gzip"}, "gzip", "gzip"},
		"W2 two":     {[]string{"a", " b,"}, "a, b", "a"},
		"W2 commas":  {[]string{",", " , b"}, "b", ","},
	} {
		h := http.Header{"X": c.lines}
		assert.Equal(t, c.list, fields.List(h, "X"), name)
		assert.Equal(t, c.single, fields.Single(h, "X"), name)
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]string{
		"": "", "de": "de", "zh-Hant-TW": "zh-Hant-TW", "de, en-GB": "de, en-GB", "de,,x y, en\r\nX: y": "de",
		"english language": "", "toolongasubtag": "", "1a": "", "en_US": "", "de-": "",
	} {
		assert.Equal(t, want, fields.Languages(field), "%q", field)
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	for value, year := range map[string]int{
		"": 1, "yesterday": 1, "2026-01-01T00:00:00Z": 1, "Thu, 01 Jan 2026 00:00:00 GMT": 2026, "Thu Jan  1 00:00:00 2026": 2026,
	} {
		assert.Equal(t, year, fields.Date(value).Year(), value)
	}
}

func TestFormatDate(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("", 5*3600)
	for year := -1; year < 10002; year += 7 {
		date := time.Date(year, time.Month(1+year%12), 1+year%31, year%24, year%60, (year+30)%60, 999, east)
		require.Equal(t, date.UTC().Format(http.TimeFormat), fields.FormatDate(date))
	}
	require.Equal(t, "Thu, 01 Jan 1970 00:00:00 GMT", fields.FormatDate(time.Unix(0, 0)))
}

// Results can be sent, and parsing them again changes nothing.
func FuzzFields(f *testing.F) {
	for _, seed := range []string{"gzip, br", "aws-chunked,gzip", "de-DE, en\r\n", "Thu, 01 Jan 2026 00:00:00 GMT", "base64;q=1"} {
		f.Add(seed, "")
		f.Add("", seed)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		list := fields.List(http.Header{"X": {a, b}}, "X")
		for member := range fields.Members(list) {
			assert.True(t, sendable(member) && !strings.Contains(member, ","), "%q", member)
		}
		codings := fields.Codings(list, nil)
		assert.LessOrEqual(t, len(codings), fields.MaxCodings)
		assert.True(t, slices.Equal(codings, fields.Codings(strings.Join(codings, ", "), nil)), "%q", list)
		languages := fields.Languages(list)
		assert.True(t, sendable(languages), "%q", languages)
		assert.Equal(t, languages, fields.Languages(languages))
		if date := fields.Date(a); !date.IsZero() {
			sent := date.UTC().Format(http.TimeFormat)
			assert.True(t, fields.Date(sent).Equal(date.Truncate(1e9)), "%q", a)
		}
	})
}

func sendable(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' })
}
