package faults_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// resumes is how often a client resumes a download.
const resumes = 5

// resume downloads as browsers and download managers do: what an interrupted response brought is kept, and the rest
// is requested under the strong entity-tag of the first.
func (t *trial) resume(d dice) {
	o := pick(d, t.objects...)
	var have []byte
	tag := ""
	for range resumes {
		s := &step{shape: "resume", obj: o, method: http.MethodGet, header: http.Header{}, leave: -1, http2: d.chance(0.5)}
		if len(have) > 0 {
			s.ranges = []wanted{{fmt.Sprint(len(have)), ""}}
			s.header.Set("Range", "bytes="+s.ranges[0].String())
			s.header.Set("If-Range", tag)
		}
		if d.chance(0.7) {
			s.leave = d.IntN(max(1, s.length()))
		}
		t.add(s, d)
		g, v := t.do(s)
		switch {
		case v.wrong != "" || t.held.Load():
			return
		case g.status == http.StatusOK:
			have, tag = g.body, g.header.Get("ETag")
		case g.status == http.StatusPartialContent && len(have) > 0:
			have = append(bytes.Clone(have), g.body...)
		case g.status == 0:
			continue
		default:
			return
		}
		if g.err == nil {
			t.assembled(s, have, tag, g.status)
			return
		}
		if !strings.HasPrefix(tag, `"`) || g.header.Get("Content-Encoding") != "" {
			return
		}
	}
}

// assembled judges a download that came in several responses.
func (t *trial) assembled(s *step, have []byte, tag string, last int) {
	if last == http.StatusOK {
		return // judge has decided on the whole
	}
	o := s.obj
	if c := t.composed; c != nil {
		if !slices.Contains(c.tags[tag], string(have)) {
			t.violate(s, "splice", fmt.Sprintf("%d bytes in several responses are not those of %s", len(have), tag))
		}
		return
	}
	for _, v := range o.tagged(tag) {
		if bytes.Equal(v.body, have) {
			t.outcomes["resumed exactly"]++
			return
		}
	}
	if o.resized() || slices.ContainsFunc(unverifiable, o.happened) {
		t.outcomes["resumed, unverifiable"]++ // a failed response brought bytes that nothing verified
		return
	}
	t.violate(s, "splice", fmt.Sprintf("%d bytes in several responses are not those of %s", len(have), tag))
}

// unverifiable are faults under which a response that fails in the end may have brought wrong bytes before.
var unverifiable = []string{"flip", "torn", "gzip", "short", "long", "end-early", "extra", "mem: ignored range", "mem: overwrite"}
