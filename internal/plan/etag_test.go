package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/plan"
)

func TestValidETag(t *testing.T) {
	t.Parallel()
	for etag, want := range map[string]bool{
		`"x"`:       true,
		`W/"x"`:     true,
		`""`:        true,
		`W/""`:      true,
		`"a,b\c'!"`: true,
		"\"\xe9\"":  true,
		"":          false,
		"x":         false,
		"*":         false,
		`"`:         false,
		`W/`:        false,
		`w/"x"`:     false,
		`W/ "x"`:    false,
		`"x`:        false,
		`x"`:        false,
		`"a b"`:     false,
		"\"a\tb\"":  false,
		"\"\x7f\"":  false,
		`"a"b"`:     false,
		`"x" `:      false,
		` "x"`:      false,
		`"x", "y"`:  false,
		"\"x\"\r\n": false,
	} {
		assert.Equal(t, want, plan.ValidETag(etag), "%q", etag)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, list, etag string
		strong, weak     bool
	}{
		{"8.8.3.2 W/1 and W/1", `W/"1"`, `W/"1"`, false, true},
		{"8.8.3.2 W/1 and W/2", `W/"1"`, `W/"2"`, false, false},
		{"8.8.3.2 W/1 and 1", `W/"1"`, `"1"`, false, true},
		{"8.8.3.2 1 and W/1", `"1"`, `W/"1"`, false, true},
		{"8.8.3.2 1 and 1", `"1"`, `"1"`, true, true},
		{"star", "*", `"1"`, true, true},
		{"star between blanks", " *\t", `W/"1"`, true, true},
		{"star and no tag", "*", "", true, true},
		{"quoted star", `"*"`, `"1"`, false, false},
		{"star in a list", `*, "1"`, `"1"`, false, false},
		{"last of a list", `"a", W/"b", "1"`, `"1"`, true, true},
		{"5.6.1.2 empty members", ` ,, "a",	, "1" ,`, `"1"`, true, true},
		{"commas alone", ",", `"1"`, false, false},
		{"empty", "", `"1"`, false, false},
		{"no tag", `"1"`, "", false, false},
		{"comma in a tag", `"a,b"`, `"a,b"`, true, true},
		{"pieces of a tag", `"a","b"`, `"a,b"`, false, false},
		{"before the malformed member", `"1", x`, `"1"`, true, true},
		{"after the malformed member", `x, "1"`, `"1"`, false, false},
		{"no comma between", `"a" "1"`, `"1"`, false, false},
		{"no comma after", `"1" "a"`, `"1"`, false, false},
		{"malformed equals malformed", `"x`, `"x`, false, false},
		{"case", `"A"`, `"a"`, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.strong, plan.StrongMatch(c.list, c.etag), "strong")
			assert.Equal(t, c.weak, plan.WeakMatch(c.list, c.etag), "weak")
		})
	}
}

func TestMatchInALongList(t *testing.T) {
	t.Parallel()
	list := strings.Repeat(`"another", `, 100_000)

	assert.False(t, plan.WeakMatch(list, `"1"`))
	assert.True(t, plan.WeakMatch(list+`W/"1"`, `"1"`))
	assert.True(t, plan.StrongMatch(strings.Repeat(", ", 500_000)+`"1"`, `"1"`))
}
