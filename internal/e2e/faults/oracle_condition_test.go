package faults_test

import (
	"net/http"
	"slices"
	"strings"
)

// judgeCondition checks that the version that was sent meets the preconditions of the request.
func judgeCondition(s *step, g *got, v *version) *verdict {
	named := func(field string) bool {
		return slices.ContainsFunc(list(field), func(t string) bool { return slices.Contains(s.obj.tagged(t), v) })
	}
	var bad verdict
	switch m, r := s.header.Get("If-Match"), s.header.Get("If-Range"); {
	case m != "" && m != "*" && !named(m):
		bad = wrong("condition", "%d of %s despite If-Match: %s", g.status, v.etag, m)
	case r == "" || g.status != http.StatusPartialContent:
		return nil
	case strings.HasPrefix(r, `"`) && !named(r):
		bad = wrong("condition", "206 of %s despite If-Range: %s", v.etag, r)
	case strings.HasPrefix(r, "W/"):
		bad = wrong("condition", "206 despite the weak If-Range: %s", r)
	case !strings.Contains(r, `"`) && s.obj.style.store != "mem" && v.modTime.Format(http.TimeFormat) != r:
		bad = wrong("condition", "206 of %v despite If-Range: %s", v.modTime, r)
	default:
		return nil
	}
	return &bad
}
