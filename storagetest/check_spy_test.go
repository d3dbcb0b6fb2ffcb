package storagetest_test

import (
	"fmt"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// spy is a TB that records messages.
type spy struct{ messages []string }

func (s *spy) Helper() {}

func (s *spy) Errorf(format string, args ...any) {
	s.messages = append(s.messages, fmt.Sprintf(format, args...))
}

// text returns all messages and expects n of them.
func (s *spy) text(t *testing.T, n int) string {
	t.Helper()
	require.Len(t, s.messages, n)
	return strings.Join(s.messages, "\n")
}

// fieldCase is a field of a Want type: the value that a response has, and a different one.
type fieldCase[W any] struct {
	right, wrong W
	says         string // a part of the message, when it is wrong
}

// testFields tests that each field passes with the right value and fails once with a wrong one. It requires a case
// for every field of W.
func testFields[W any](t *testing.T, check func(tb *spy, want W), cases map[string]fieldCase[W]) {
	t.Helper()
	fields := reflect.TypeFor[W]()
	for f := range fields.Fields() {
		if !f.Anonymous {
			require.True(t, len(cases) > 0 && hasField(cases, f.Name), "%s.%s is not tested", fields, f.Name)
		}
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var right, wrong spy
			check(&right, tc.right)
			assert.Empty(t, right.messages, "the right value")
			check(&wrong, tc.wrong)
			message := wrong.text(t, 1)
			assert.Contains(t, message, tc.says)
			assert.NotContains(t, message, "%!", "a format that does not fit")
		})
	}
}

// hasField reports whether a case is named after a field, alone or before a colon.
func hasField[W any](cases map[string]fieldCase[W], field string) bool {
	for name := range cases {
		if f, _, _ := strings.Cut(name, ":"); f == field {
			return true
		}
	}
	return false
}

// recorded is the response that a handler wrote.
func recorded(status int, body string, fields ...string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	for i := 0; i < len(fields); i += 2 {
		rec.Header().Add(fields[i], fields[i+1])
	}
	rec.WriteHeader(status)
	_, _ = rec.WriteString(body)
	return rec
}
