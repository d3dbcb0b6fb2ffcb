package fields_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/fields"
)

func TestElements(t *testing.T) {
	t.Parallel()
	for list, want := range map[string][]string{
		"":                   nil,
		" , ,\t":             nil,
		"a":                  {"a"},
		" a b ,c=d, ":        {"a b", "c=d"},
		`a="b, c", d`:        {`a="b, c"`, "d"},
		`a="b\", c", d`:      {`a="b\", c"`, "d"},
		`a="b\\", c`:         {`a="b\\"`, "c"},
		`a\, b`:              {`a\`, "b"},
		`110 - "a,b",214 - `: {`110 - "a,b"`, "214 -"},
		`a="b, c`:            {`a="b, c"`},
		`a="b, c\`:           {`a="b, c"`},
	} {
		assert.Equal(t, want, slices.Collect(fields.Elements(list)), "%q", list)
	}
}
