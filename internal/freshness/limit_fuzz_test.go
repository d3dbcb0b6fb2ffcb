package freshness_test

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/freshness"
)

// directive is one of Cache-Control, as RFC 9111 section 5.2 defines it. Its argument is not quoted.
type directive struct{ name, argument string }

var (
	directiveSyntax = regexp.MustCompile(`^([\w!#$%&'*+.^|~-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([\w!#$%&'*+.^|~-]*)))?$`)
	member          = regexp.MustCompile(`(?s)(?:[^,"]|"(?:[^"\\]|\\.)*")+`)
	escape          = regexp.MustCompile(`(?s)\\(.)`)
	closed          = regexp.MustCompile(`(?s)^(?:[^"]|"(?:[^"\\]|\\.)*")*$`) // each quoted string
)

// parse is a reader of Cache-Control, as net/http sends it, apart from the one under test. It leaves out members that are no
// directive.
func parse(field string) (list []directive) {
	var sent strings.Builder
	_ = http.Header{"A": {field}}.Write(&sent)
	field = strings.TrimSuffix(strings.TrimPrefix(sent.String(), "A: "), "\r\n")
	for _, m := range member.FindAllString(field, -1) {
		if p := directiveSyntax.FindStringSubmatch(strings.Trim(m, " \t")); p != nil {
			list = append(list, directive{strings.ToLower(p[1]), escape.ReplaceAllString(p[2], "$1") + p[3]})
		}
	}
	return list
}

// lifetime returns for how long a private or a shared cache uses a response at most, in seconds. The second result is false if
// one of them chooses the lifetime by a heuristic.
func lifetime(list []directive) (seconds int64, bounded bool) {
	has := func(name string) bool { return slices.Contains(list, directive{name, ""}) }
	if has("no-cache") || has("no-store") && !has("must-understand") {
		return 0, true
	}
	for _, d := range list {
		if d.name != "max-age" && d.name != "s-maxage" {
			continue
		}
		n, err := strconv.ParseInt(d.argument, 10, 64)
		if err != nil {
			return 0, false
		}
		seconds = max(seconds, n)
		bounded = bounded || d.name == "max-age" // s-maxage is for shared caches alone
	}
	return seconds, bounded
}

// Some servers search the field for a directive and ignore its syntax, nginx for one.
var (
	age   = regexp.MustCompile(`(?:max-age|s-maxage)\s*=\D*(\d+)`)
	stale = regexp.MustCompile(`stale-(?:while-revalidate|if-error)\s*=`)
)

// others returns the names of the directives that Limit leaves as they are.
func others(list []directive) (names []string) {
	for _, d := range list {
		switch d.name {
		case "max-age", "s-maxage", "stale-while-revalidate", "stale-if-error":
		default:
			names = append(names, d.name)
		}
	}
	return names
}

// FuzzLimit: no reader of the result finds a longer lifetime than the limit, and no other directive is lost.
func FuzzLimit(f *testing.F) {
	for _, field := range []string{
		"", "public", "public, max-age=3600, immutable", "s-maxage=3600", "max-age=10, stale-if-error=86400", "no-store", "private, no-cache",
		`Max-Age="5"`, "max-age=-1", "max-age =7", `private="a, b", max-age=9`, `x="a, max-age=10"`, `x="a, no-store, b"`, `x="a, max-age=99999`,
		"no-\u017ftore", "no-store, must-understand", `no-cache="a"`, `x="\", max-age=1`, "x-max-age=99999",
		"max-age=0(, max-age=0", "max-age=0, s-maxage =9", `max-age=0, max-age="9`, "max-age=0, max-age==9", "max-age=0, max-age=+9",
		"no-store,\rmust-understand", "no-store,\vmust-understand",
	} {
		f.Add(field, int64(60_500))
	}
	f.Add("public, max-age=60", int64(0))
	f.Add("no-store, max-age=9", int64(-3_600_000))
	f.Fuzz(func(t *testing.T, field string, millis int64) {
		d := time.Duration(millis%(1<<40)) * time.Millisecond
		limit := max(int64(d/time.Second), 0)
		got := freshness.Limit(field, d)
		seconds, bounded := lifetime(parse(got))
		assert.True(t, bounded, "%q", got)
		assert.LessOrEqual(t, seconds, limit, "%q", got)
		for _, m := range age.FindAllStringSubmatch(strings.ToLower(got), -1) {
			n, err := strconv.ParseInt(m[1], 10, 64)
			require.NoError(t, err, "%q", got)
			assert.LessOrEqual(t, n, limit, "%q", got)
		}
		assert.NotRegexp(t, stale, strings.ToLower(got))
		assert.Equal(t, got, freshness.Limit(got, d), "the result needs no other change")
		if !closed.MatchString(field) {
			return // readers differ in what it contains
		}
		if before, ok := lifetime(parse(field)); ok {
			assert.LessOrEqual(t, seconds, before, "%q is used for longer than %q", got, field)
		}
		kept := others(parse(got))
		for _, name := range others(parse(field)) {
			i := slices.Index(kept, name)
			require.GreaterOrEqual(t, i, 0, "%q lost %q of %q", got, name, field)
			kept = kept[i+1:]
		}
	})
}
