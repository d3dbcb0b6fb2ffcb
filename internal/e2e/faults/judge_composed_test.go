package faults_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// judgeComposed accepts the bytes of one composition of versions that were current during the request. A strong entity-tag must
// stand for the same content in every response.
func judgeComposed(s *step, _ int, g *got) verdict {
	c := s.obj.trial.composed
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.first == "" {
		c.first = g.header.Get("ETag")
	}
	switch {
	case g.left:
		return verdict{outcome: "left"}
	case g.err != nil:
		return verdict{outcome: "failed"}
	}
	if n := g.header.Get("Content-Length"); n != "" && s.method == http.MethodGet && g.status != http.StatusNotModified && n != strconv.Itoa(len(g.body)) {
		return wrong("length", "Content-Length %s, %d bytes", n, len(g.body))
	}
	switch {
	case g.status == http.StatusNotModified:
		return c.judge304(s, g)
	case g.status >= 400:
		if text := http.StatusText(g.status) + "\n"; s.method == http.MethodGet && string(g.body) != text {
			return wrong("error-body", "%d with %d bytes", g.status, len(g.body))
		}
		if len(c.trial.mode.kinds) == 0 && g.status >= 500 && g.status != http.StatusNotImplemented && c.now(c.root) != "" {
			return wrong("unrecovered", "%d without a fault", g.status)
		}
		return verdict{outcome: strconv.Itoa(g.status)}
	case g.status != http.StatusOK && g.status != http.StatusPartialContent:
		return wrong("status", "%d", g.status)
	case s.method == http.MethodHead:
		return c.judgeHead(g)
	}
	all := c.contents(c.materialized)
	possible := slices.DeleteFunc(slices.Clone(all), func(content string) bool { return !c.has(content, s, g) })
	if len(possible) == 0 {
		note := "no version at all"
		if slices.ContainsFunc(c.contents(true), func(content string) bool { return c.has(content, s, g) }) {
			note = "an earlier version"
		}
		return wrong("bytes", "%d of %d bytes %s: %s, of %d candidates", g.status, len(g.body), shown(g.header), note, len(all))
	}
	if v := c.judgeTag(g, possible); v != nil {
		return *v
	}
	if v := c.judgeCondition(s, g, possible); v != nil {
		return *v
	}
	return verdict{outcome: fmt.Sprintf("%d exact", g.status)}
}

// has reports whether a response is one of the content.
func (c *composition) has(content string, s *step, g *got) bool {
	if g.status == http.StatusOK {
		return string(g.body) == content
	}
	parts, err := pieces(g.header, g.body)
	if err != nil || !covers(parts, s.ranges, int64(len(content))) {
		return false
	}
	for _, p := range parts {
		if p.total != int64(len(content)) || p.off+p.n > p.total || content[p.off:p.off+p.n] != string(p.data) {
			return false
		}
	}
	return true
}

// judgeTag records what a strong entity-tag stands for.
func (c *composition) judgeTag(g *got, possible []string) *verdict {
	tag := g.header.Get("ETag")
	if !strings.HasPrefix(tag, `"`) {
		return nil
	}
	known, ok := c.tags[tag]
	if ok {
		possible = slices.DeleteFunc(slices.Clone(possible), func(content string) bool { return !slices.Contains(known, content) })
		if len(possible) == 0 {
			v := wrong("validator", "%d: %s was the tag of other content", g.status, tag)
			return &v
		}
	}
	c.tags[tag] = possible
	return nil
}

func (c *composition) judgeCondition(s *step, g *got, possible []string) *verdict {
	named := func(field string) bool {
		return slices.ContainsFunc(list(field), func(tag string) bool {
			return slices.ContainsFunc(c.tags[tag], func(content string) bool { return slices.Contains(possible, content) })
		})
	}
	var v verdict
	switch m, r := s.header.Get("If-Match"), s.header.Get("If-Range"); {
	case m != "" && m != "*" && !named(m):
		v = wrong("condition", "%d of %s despite If-Match: %s", g.status, g.header.Get("ETag"), m)
	case r == "" || g.status != http.StatusPartialContent:
		return nil
	case strings.HasPrefix(r, "W/"):
		v = wrong("condition", "206 despite the weak If-Range: %s", r)
	case strings.HasPrefix(r, `"`) && !named(r):
		v = wrong("condition", "206 of %s despite If-Range: %s", g.header.Get("ETag"), r)
	default:
		return nil
	}
	return &v
}

func (c *composition) judgeHead(g *got) verdict {
	n, err := strconv.Atoi(g.header.Get("Content-Length"))
	if err != nil {
		return verdict{outcome: "head"}
	}
	possible := slices.DeleteFunc(c.contents(true), func(content string) bool { return len(content) != n })
	if len(possible) == 0 {
		return wrong("length", "HEAD of %d bytes", n)
	}
	if v := c.judgeTag(g, possible); v != nil {
		return *v
	}
	return verdict{outcome: "head"}
}

func (c *composition) judge304(s *step, g *got) verdict {
	field := s.header.Get("If-None-Match")
	if field == "" && s.header.Get("If-Modified-Since") == "" {
		return wrong("condition", "304 without a precondition")
	}
	tag := g.header.Get("ETag")
	if field != "" && field != "*" && tag != "" && !slices.ContainsFunc(list(field), func(t string) bool { return opaque(t) == opaque(tag) }) {
		return wrong("condition", "304 of %s to If-None-Match: %s", tag, field)
	}
	return verdict{outcome: "304"}
}
