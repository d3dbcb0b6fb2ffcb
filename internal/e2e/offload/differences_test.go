package offload_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/servers/differences.md")

// differences are the ways in which responses differ, and the modes in which they do.
type differences map[difference][]string

type difference struct {
	what, how string
	object    string // "" for any
	cloud     bool
}

func (all differences) add(m mode, d difference) {
	if !slices.Contains(all[d], m.title) {
		all[d] = append(all[d], m.title)
	}
}

// table has a line for each request and set of modes. A difference of all objects is not repeated for one of them.
func (all differences) table(cloud bool) string {
	hows := map[string][]string{}
	for d, titles := range all {
		if d.cloud != cloud {
			continue
		}
		titles = slices.DeleteFunc(slices.Clone(titles), func(title string) bool {
			plain := difference{what: d.what, how: d.how}
			same := difference{what: d.what, how: d.how, object: d.object}
			return d != plain && slices.Contains(all[plain], title) || d != same && slices.Contains(all[same], title) ||
				d.object != "" && slices.Contains(all[difference{what: d.what, how: d.how, cloud: cloud}], title)
		})
		if len(titles) > 0 {
			k := d.what + d.object + " | " + strings.Join(titles, "; ")
			hows[k] = append(hows[k], d.how)
		}
	}
	for k := range hows { // modes run in any order
		slices.Sort(hows[k])
	}
	var b strings.Builder
	b.WriteString("| request | through | difference |\n|---|---|---|\n")
	for _, k := range slices.Sorted(maps.Keys(hows)) {
		fmt.Fprintf(&b, "| %s | %s |\n", k, strings.Join(hows[k], ", "))
	}
	return b.String()
}

func checkTable(t *testing.T, rows differences) {
	t.Helper()
	checkPart(t, 0, "# What a proxy changes\n\n"+
		"Written by `go test ./offload -run TestSameAnswer -update` in internal/e2e: every difference between a streamed\n"+
		"and an offloaded response, through the real servers with the configurations of this directory. nginx has the line for a\n"+
		"field of the application's own. XAccel and XSendfile have their default validators unless others are named. Equal in\n"+
		"every response with 200 and 206, and therefore not listed, are Content-Type, Content-Disposition, Cache-Control,\n"+
		"Set-Cookie, X-Content-Type-Options, Content-Security-Policy, Cross-Origin-Resource-Policy, Referrer-Policy and the body.\n\n"+
		rows.table(false)+
		"\nFurther differences for an object of a cloud bucket that the proxy sees with FUSE; with proxy validators its metadata is\n"+
		"not requested:\n\n"+
		rows.table(true))
}

// headings divide the document into the parts that each test writes.
var headings = []string{
	"\n## What a redirect to the storage changes\n",
	"\n## Conformance cases to which nginx responds otherwise\n",
}

var document sync.Mutex

// checkPart compares a part of docs/servers/differences.md with the differences found. With -update it writes the part.
func checkPart(t *testing.T, part int, found string) {
	t.Helper()
	document.Lock()
	defer document.Unlock()
	path := filepath.Join("..", "..", "..", "docs", "servers", "differences.md")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	parts := make([]string, len(headings)+1)
	rest := string(text)
	for i, h := range headings {
		parts[i], rest, _ = strings.Cut(rest, h)
	}
	parts[len(headings)] = rest
	if *update {
		parts[part] = found
		var b strings.Builder
		for i, p := range parts {
			if i > 0 {
				b.WriteString(headings[i-1])
			}
			b.WriteString(p)
		}
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	assert.Equal(t, parts[part], found)
}
