package trace_test

import (
	"fmt"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTrace compares every kind of response with its golden file, and the tables with the files. With -update it
// writes them; review the difference.
func TestTrace(t *testing.T) {
	t.Parallel()
	ways := columns(t)
	rows := make([]row, 0, len(answers))
	for i, a := range answers {
		var b strings.Builder
		fmt.Fprintf(&b, "> %s /%s\n", a.method, a.key)
		for _, field := range a.header {
			fmt.Fprintf(&b, "> %s\n", field)
		}
		r := row{name: a.name, asked: make([][]string, len(ways))}
		var streamed string
		for j, way := range ways {
			way.take()
			header := http.Header{}
			for _, field := range a.header {
				name, value, _ := strings.Cut(field, ": ")
				header.Set(name, strings.NewReplacer("{tag}", way.tag, "{date}", way.date).Replace(value))
			}
			resp, body := serve(t, way.h, a.method, a.key, header)
			calls := way.take()
			for _, call := range calls {
				fmt.Fprintf(&b, "  %s: %s\n", way.short, way.normal(call))
			}
			if len(calls) == 0 {
				fmt.Fprintf(&b, "  %s: nothing\n", way.short)
			}
			if j > 0 { // a call to a file system is no request
				r.asked[j] = calls
			}
			if way.short == "offloaded" {
				continue
			}
			assert.Equal(t, a.status, resp.StatusCode, "%s, %s", a.name, way.short)
			answer := way.response(resp, body)
			if streamed == "" {
				streamed = answer
			}
			assert.Equal(t, streamed, answer, "%s: the response from %s equals that from the first storage", a.name, way.short)
		}
		b.WriteString(streamed)
		golden(t, fmt.Sprintf("%02d %s", i+1, a.name), b.String())
		rows = append(rows, r)
	}
	requireNoOther(t)
	table(t, filepath.Join("..", "..", "..", "docs", "cost.md"), ways, rows, fullTable)
	table(t, filepath.Join("..", "..", "..", "README.md"), ways, rows, shortTable)
}

// normal replaces the values of a line that differ between runs.
func (c *column) normal(line string) string {
	return strings.NewReplacer(c.tag, "{tag}", c.date, "{date}").Replace(line)
}

// response formats a response: its sorted fields, and its body if that is an error text.
func (c *column) response(resp *http.Response, body []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "< %d %s\n", resp.StatusCode, http.StatusText(resp.StatusCode))
	content := string(body)
	if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err == nil && params["boundary"] != "" {
		content = strings.ReplaceAll(content, params["boundary"], "{boundary}")
		resp.Header.Set("Content-Type", "multipart/byteranges; boundary={boundary}")
	}
	var names []string
	for name := range resp.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	if resp.StatusCode == http.StatusNotModified {
		resp.Header.Del("Last-Modified") // a 304 with an ETag has it only if the storage sent it
	}
	for field, stands := range map[string]string{"Etag": "{tag}", "Last-Modified": "{date}"} {
		if resp.Header.Get(field) != "" {
			resp.Header.Set(field, stands)
		}
	}
	for _, name := range names {
		for _, value := range resp.Header[name] {
			fmt.Fprintf(&b, "< %s: %s\n", name, c.normal(value))
		}
	}
	switch {
	case len(content) > 600:
		fmt.Fprintf(&b, "\n(%d bytes)\n", len(content))
	case content != "":
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSuffix(strings.ReplaceAll(content, "\r\n", "\n"), "\n"))
	}
	return b.String()
}

const goldens = "testdata/trace"

func golden(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(goldens, strings.NewReplacer(" ", "-", ",", "").Replace(name)+".txt")
	if *update {
		require.NoError(t, os.MkdirAll(goldens, 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "write it by -update")
	assert.Equal(t, string(want), text, "%s is not what happens; if that is right, write it by -update", file)
}

// requireNoOther fails the test for a golden file without a response.
func requireNoOther(t *testing.T) {
	t.Helper()
	files, err := os.ReadDir(goldens)
	require.NoError(t, err)
	assert.Len(t, files, len(answers), "files of answers that are gone: remove them")
}
