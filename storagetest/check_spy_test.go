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

// spy is a test that keeps what it is told.
type spy struct{ messages []string }

func (s *spy) Helper() {}

func (s *spy) Errorf(format string, args ...any) {
	s.messages = append(s.messages, fmt.Sprintf(format, args...))
}

// said returns all messages and wants them to be so many.
func (s *spy) said(t *testing.T, n int) string {
	t.Helper()
	require.Len(t, s.messages, n)
	return strings.Join(s.messages, "\n")
}

// fieldCase is a field of a Want type that a response has, and another value for it.
type fieldCase[W any] struct {
	right, wrong W
	says         string // a part of the message, when it is wrong
}

// testFields checks that a field passes with the right value and fails with the wrong one, once and in
// words, and that no field of W was left out.
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
			message := wrong.said(t, 1)
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

// recorded is what a handler wrote.
func recorded(status int, body string, fields ...string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	for i := 0; i < len(fields); i += 2 {
		rec.Header().Add(fields[i], fields[i+1])
	}
	rec.WriteHeader(status)
	_, _ = rec.WriteString(body)
	return rec
}
