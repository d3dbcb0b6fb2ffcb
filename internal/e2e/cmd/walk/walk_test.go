package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const source = `package a

func Start() {}

func (t *T) Serve() {
	defer func() {}()
}

func (l List[E]) Len() int { return 0 }

var literal = func() {}
`

func TestEntered(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "a"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, "a", "a.go"), []byte(source), 0o600))
	profile := func(start, serve, deferred, length, literal string) string {
		at := "\n" + module + "/a/a.go:"
		return "mode: atomic" + at + "3.14,3.15 1 " + start + at + "5.21,6.12 1 " + serve + at + "6.15,6.17 1 " + deferred +
			at + "9.28,9.40 1 " + length + at + "11.22,11.24 1 " + literal + "\n"
	}
	serve := function{file: "a/a.go", name: "T.Serve", line: 5, end: 7}
	length := function{file: "a/a.go", name: "List.Len", line: 9, end: 9}
	again := serve
	again.startup = true
	for _, tt := range []struct {
		name       string
		idle, busy string
		want       []function
	}{
		{"start-up only", profile("1", "0", "0", "0", "0"), profile("1", "0", "0", "0", "0"), nil},
		{"in the order of the file", profile("1", "0", "0", "0", "0"), profile("1", "1", "1", "2", "0"), []function{serve, length}},
		{"a literal counts as its function", profile("1", "0", "0", "0", "0"), profile("1", "0", "1", "0", "0"), []function{serve}},
		{"a literal of a variable has none", profile("1", "0", "0", "0", "0"), profile("1", "0", "0", "0", "1"), nil},
		{"entered at start-up too", profile("1", "1", "1", "0", "0"), profile("1", "2", "2", "0", "0"), []function{again}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := entered(root, tt.idle, tt.busy)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestInvalidProfileFails(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"a.go:1.1,2.2 1", "a.go:1.1,2.2 1 many", "a.go 1 1"} {
		_, err := entered(t.TempDir(), "mode: atomic\n", "mode: atomic\n"+profile+"\n")
		assert.ErrorContains(t, err, "coverage profile", profile)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	report(&out, "s3", []function{
		{file: "a/a.go", name: "F"},
		{file: "b/b.go", name: "T.G", startup: true},
		{file: "b/c.go", name: "H"},
	}, true)
	assert.Equal(t, `s3            3 functions in   3 files of  2 packages;    2 in   2 that only requests enter
  b: 2
    b.go                         T.G
    c.go                         H
  a: 1
    a.go                         F
`, out.String())
}

// An error page would be a short walk.
func TestOtherResponsesAreErrors(t *testing.T) {
	t.Parallel()
	stream, offload := route{name: "s3"}, route{name: "xaccel", field: offloadField}
	redirect := http.Header{offloadField: {"/_files/a"}}
	require.NoError(t, stream.check(&http.Response{StatusCode: http.StatusOK}, 5, 5))
	require.NoError(t, offload.check(&http.Response{StatusCode: http.StatusOK, Header: redirect}, 0, 5))
	require.Error(t, stream.check(&http.Response{StatusCode: http.StatusOK}, 4, 5))
	require.Error(t, stream.check(&http.Response{StatusCode: http.StatusNotFound}, 5, 5))
	require.Error(t, offload.check(&http.Response{StatusCode: http.StatusOK}, 5, 5))
}

func TestUnknownRoute(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, run(t.Context(), []string{"tape"}, &bytes.Buffer{}), `unknown route "tape"`)
}
