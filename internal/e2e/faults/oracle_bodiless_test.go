package faults_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// judgeError accepts the standard text of a status and nothing else.
func judgeError(s *step, g *got) verdict {
	if text := http.StatusText(g.status) + "\n"; s.method == http.MethodGet && string(g.body) != text {
		return wrong("error-body", "%d with %d bytes", g.status, len(g.body))
	}
	if total, ok := strings.CutPrefix(g.header.Get("Content-Range"), "bytes */"); ok {
		n, err := strconv.ParseInt(total, 10, 64)
		known := slices.ContainsFunc(s.obj.versions(0), func(v *version) bool { return int64(len(v.body)) == n || int64(len(v.gzip())) == n })
		if err != nil || !known && !s.obj.announced(n) && !s.obj.oddLength(n) {
			return excused(s, g, wrong("validator", "416 of a length of %s", total))
		}
	}
	return verdict{outcome: strconv.Itoa(g.status)}
}

// judge304 accepts a response whose precondition names its validator.
func judge304(s *step, g *got) verdict {
	if len(g.body) > 0 {
		return wrong("error-body", "304 with %d bytes", len(g.body))
	}
	field := s.header.Get("If-None-Match")
	if field == "" && s.header.Get("If-Modified-Since") == "" {
		return wrong("condition", "304 without a precondition")
	}
	tag := g.header.Get("ETag")
	if tag == "" || field == "" || field == "*" {
		return verdict{outcome: "304"}
	}
	same := func(t string) bool {
		return opaque(t) == opaque(tag) || slices.ContainsFunc(s.obj.tagged(t), func(v *version) bool { return slices.Contains(s.obj.tagged(tag), v) })
	}
	if !slices.ContainsFunc(list(field), same) {
		return wrong("condition", "304 of %s to If-None-Match: %s", tag, field)
	}
	if len(s.obj.tagged(tag)) == 0 && !strings.Contains(field, "never") {
		return wrong("validator", "304 with the unknown tag %s", tag)
	}
	return verdict{outcome: "304"}
}

// judgeHead compares the announced length with the versions that the validators name.
func judgeHead(s *step, from int, g *got) verdict {
	if len(g.body) > 0 {
		return wrong("error-body", "HEAD with %d bytes", len(g.body))
	}
	all, v := candidates(s, from, g)
	if v != nil {
		return *v
	}
	n, err := strconv.ParseInt(g.header.Get("Content-Length"), 10, 64)
	if err != nil || s.obj.announced(n) || s.obj.oddLength(n) {
		return verdict{outcome: "head"}
	}
	for _, v := range all {
		if int64(len(v.body)) == n || g.header.Get("Content-Encoding") == "gzip" && int64(len(v.gzip())) == n {
			return verdict{outcome: "head", version: v}
		}
	}
	if g.header.Get("ETag") == "" && s.known != nil && int64(len(s.known.body)) == n {
		return verdict{outcome: "head", version: s.known} // the application's own metadata
	}
	return excused(s, g, wrong("length", "HEAD of %d bytes", n))
}
