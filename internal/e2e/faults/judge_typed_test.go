package faults_test

import (
	"net/http"
	"strings"
)

// judgeTyped is judge, and the media type is the storage's or the one that this view declares.
func judgeTyped(s *step, from int, g *got) verdict {
	v := judge(s, from, g)
	if v.version == nil || s.obj.style.store == "mem" {
		return v
	}
	want := storedType
	if s.typed {
		want = viewType
	}
	kind := g.header.Get("Content-Type")
	if g.status == http.StatusPartialContent && strings.HasPrefix(kind, "multipart/") {
		parts, err := pieces(g.header, g.body)
		if err != nil {
			return wrong("range", "%v", err)
		}
		kind = parts[0].kind
	}
	if kind != want {
		return wrong("type", "media type %q, want %q", kind, want)
	}
	return v
}

// judgePinned is judge, and the version is the one that the file is pinned to.
func judgePinned(s *step, from int, g *got) verdict {
	v := judge(s, from, g)
	if s.method == http.MethodHead && g.header.Get("ETag") == "" {
		return v // neither a tag nor bytes identify its version
	}
	if v.version != nil && v.version != s.pinned {
		return wrong("version", "%d of version %s, want %s", g.status, v.version.id, s.pinned.id)
	}
	return v
}
