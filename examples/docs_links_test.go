package examples_test

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	codeSpan = regexp.MustCompile("`[^`\n]+`")
	fence    = regexp.MustCompile("(?s)\n```.*?\n```")
	heading  = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
)

const maxLines = 300

func TestLinksAndAnchorsResolve(t *testing.T) {
	t.Parallel()
	all := documents(t)
	for _, name := range []string{"CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"} {
		text, err := os.ReadFile("../" + name)
		require.NoError(t, err)
		all[name] = string(text)
	}
	for document, text := range all {
		for _, target := range links(text) {
			if file, problem := resolve(all, document, target); problem != "" {
				assert.Fail(t, problem, "%s: link to %s (%s)", document, target, file)
			}
		}
	}
}

// links are the targets of links to other places than the web.
func links(text string) (targets []string) {
	text = codeSpan.ReplaceAllString(fence.ReplaceAllString(text, ""), "code")
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(m[1], "https://") {
			targets = append(targets, m[1])
		}
	}
	return targets
}

// resolve returns the file of a link and a description of what is wrong with it.
func resolve(all map[string]string, document, target string) (file, problem string) {
	file, anchor, _ := strings.Cut(target, "#")
	if file == "" {
		file = document
	} else {
		file = path.Join(path.Dir(document), file)
	}
	if _, err := os.Stat("../" + file); err != nil {
		return file, "no such file"
	}
	if anchor == "" {
		return file, ""
	}
	if slices.Contains(anchors(all[file]), anchor) {
		return file, ""
	}
	return file, "no such heading"
}

// anchors are the fragments of a page's headings, as GitHub makes them.
func anchors(text string) (all []string) {
	seen := map[string]int{}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		var b strings.Builder
		for _, r := range strings.ToLower(link.ReplaceAllString(m[1], "")) {
			switch {
			case r == ' ':
				b.WriteByte('-')
			case r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0x80 && r != '…' && r != '“' && r != '”':
				b.WriteRune(r)
			}
		}
		anchor := b.String()
		if n := seen[anchor]; n > 0 {
			all = append(all, fmt.Sprintf("%s-%d", anchor, n))
		} else {
			all = append(all, anchor)
		}
		seen[anchor]++
	}
	return all
}

func TestAnchorsAreThoseOfGitHub(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"a-page", "the-httpserver", "names-types-and-x_y", "a-page-1"},
		anchors("# A page\n## The `http.Server`\n```sh\n# not a heading\n```\n## Names, types and x_y?\n## A page\n"))
}

func TestEveryPageIsTwoClicksFromTheReadme(t *testing.T) {
	t.Parallel()
	all := documents(t)
	reached, next := map[string]bool{"README.md": true}, []string{"README.md"}
	for range 2 {
		var found []string
		for _, document := range next {
			for _, target := range links(all[document]) {
				file, _ := resolve(all, document, target)
				if _, ok := all[file]; ok && !reached[file] {
					reached[file] = true
					found = append(found, file)
				}
			}
		}
		next = found
	}
	for document := range all {
		assert.True(t, reached[document], "%s: link to it in docs/README.md", document)
	}
}

func TestNoPageIsLong(t *testing.T) {
	t.Parallel()
	for document, text := range documents(t) {
		assert.LessOrEqual(t, strings.Count(text, "\n"), maxLines, document)
	}
}

// The index lists each page by the question that it answers.
func TestTheIndexHasEveryPage(t *testing.T) {
	t.Parallel()
	all := documents(t)
	listed := map[string]bool{}
	for _, target := range links(all["docs/README.md"]) {
		file, _ := resolve(all, "docs/README.md", target)
		listed[file] = true
	}
	for document := range all {
		if strings.HasPrefix(document, "docs/") && document != "docs/README.md" {
			assert.True(t, listed[document], "%s is missing in docs/README.md", document)
		}
	}
}
