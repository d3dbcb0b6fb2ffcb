package faults_test

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
)

// calm is a mode of storages with few faults, each of which a download survives: a transfer that fails is a violation.
// It comes before the others, which use up the retries that all downloads of a program share.
func calm(name string, file func(t *trial, s *step) *wrapper.File) *mode {
	m := &mode{name: name, stores: []string{"s3", "url"}, objects: one, requests: few(2, 4), file: file, judge: judgeCalm, rate: 0.15, share: 2, headerTimeout: patience}
	m.kinds = []*kind{{name: "busy", do: func(x *exchange) bool { x.refuse(http.StatusServiceUnavailable, "SlowDown"); return true }}}
	for _, k := range kinds {
		if slices.Contains([]string{"cut", "cut-last-byte", "reset", "gzip"}, k.name) {
			m.kinds = append(m.kinds, k)
		}
	}
	m.style = func(d dice, s *style) {
		s.tags, s.head, s.chunked, s.noRanges, s.noCondition, s.undated, s.sameSecond = "strong", 0, false, false, false, false, false
		s.size = max(s.size, 2)
		s.bare304 = d.chance(0.5)
		if name == "calm-version" {
			s.store, s.versioned, s.overwritten = "s3", true, d.chance(0.5)
		}
	}
	m.prepare = func(t *trial, _ dice) {
		t.options = wrapper.ReadOptions{Retries: calmRetries, Resumes: calmRetries, StallTimeout: patience, ReadAhead: -1}
		t.places = 8
		t.limiter = wrapper.NewLimiter(t.places, patience)
		if o := t.objects[0]; o.style.overwritten {
			o.overwrite()
		}
	}
	return m
}

// calmRetries is how often a request is repeated, and a body resumed, for a client of a calm mode.
const calmRetries = 5

// judgeCalm is judge, and the response is complete, unless a storage gzipped it.
func judgeCalm(s *step, from int, g *got) verdict {
	v := judge(s, from, g)
	failed := v.outcome == "failed" || g.status >= 500 || g.status == http.StatusNotFound || g.status == http.StatusForbidden || g.status == http.StatusNotAcceptable
	switch {
	case v.wrong != "" || !failed:
		return v
	case gzippedAsStored(s):
		return verdict{outcome: "failed: gzip under the validators of the stored bytes"}
	case len(s.obj.faults(s.before)) > calmRetries:
		return verdict{outcome: "failed: more faults than retries"}
	case g.err != nil:
		return wrong("unrecovered", "%v after %d bytes", g.err, len(g.body))
	}
	return wrong("unrecovered", "%d", g.status)
}

// gzippedAsStored reports whether a storage sent gzip under the checksum of the stored bytes, or under their strong
// entity-tag as the rest of a body that was truncated. Both differ from a corrupted body in nothing, so the transfer has to fail.
func gzippedAsStored(s *step) bool {
	faults := s.obj.faults(s.before)
	cut := slices.ContainsFunc(faults, func(f string) bool { return strings.HasPrefix(f, "cut") })
	return slices.Contains(faults, "gzip") && (s.obj.style.checksum != "" || cut)
}
