package faults_test

import (
	"bytes"
	"net/http"
	"slices"
	"testing/fstest"

	"github.com/go-downloadview/downloadview/wrapper"
)

// frozen is an object of a file system in which all files have one modification time, as in those of Nix and ostree.
func frozen(o *object) *wrapper.File {
	v, _ := o.current()
	return wrapper.FS(fstest.MapFS{"file": {Data: v.body, ModTime: v.modTime}}, "file")
}

// judgeFrozen accepts a response of the current version whose validators no other version had. The validators are made
// by the server, and are recorded here. Each second response is followed by another version.
func judgeFrozen(s *step, from int, g *got) verdict {
	now, n := s.obj.current()
	if n%2 == s.number%2 {
		defer s.obj.overwrite()
	}
	tag := g.header.Get("ETag")
	if tag != "" && g.status < 300 && s.method == http.MethodGet {
		if other := s.obj.tagged(tag); len(other) > 0 && !slices.Contains(other, now) && !bytes.Equal(other[0].body, now.body) {
			return wrong("validator", "%s is the entity-tag of two versions", tag)
		}
		s.obj.record(tag, now)
	}
	if tag != "" && len(s.obj.tagged(tag)) == 0 {
		s.obj.record(tag, now)
	}
	return judge(s, from, g)
}
