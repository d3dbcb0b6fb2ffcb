package faults_test

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// step is one request of a client.
type step struct {
	number int
	shape  string
	obj    *object
	method string
	header http.Header
	ranges []wanted
	before int // faults of the object before the request
	leave  int // bytes after which the client leaves; negative for never
	slow   bool
	http2  bool

	known  *version // whose metadata the application has
	typed  bool     // the view declares a media type of its own
	pinned *version
}

// viewType is the media type that some views declare.
const viewType = "application/x-view"

// shapes are requests of clients, by name.
var shapes = []struct {
	name string
	make func(t *trial, d dice, s *step)
}{
	{"get", func(*trial, dice, *step) {}},
	{"get", func(*trial, dice, *step) {}},
	{"get", func(*trial, dice, *step) {}},
	{"head", func(_ *trial, _ dice, s *step) { s.method = http.MethodHead }},
	{"range", func(_ *trial, d dice, s *step) { s.want(d, 1, "range") }},
	{"from-start", func(_ *trial, d dice, s *step) { s.want(d, 1, "start") }},
	{"suffix", func(_ *trial, d dice, s *step) { s.want(d, 1, "suffix") }},
	{"open", func(_ *trial, d dice, s *step) { s.want(d, 1, "open") }},
	{"ranges", func(_ *trial, d dice, s *step) { s.want(d, d.between(2, 5), "") }},
	{"if-range", func(t *trial, d dice, s *step) {
		s.want(d, pick(d, 1, 1, 1, 2), "")
		s.header.Set("If-Range", pick(d, t.tag(s.obj), t.tag(s.obj), t.stale(s.obj), t.date(s.obj)))
	}},
	{"if-none-match", func(t *trial, d dice, s *step) {
		s.header.Set("If-None-Match", pick(d, t.tag(s.obj), "W/"+opaque(t.tag(s.obj)), t.stale(s.obj), `"x", `+t.tag(s.obj), "*"))
		s.method = pick(d, http.MethodGet, http.MethodHead)
	}},
	{"if-match", func(t *trial, d dice, s *step) {
		s.header.Set("If-Match", pick(d, t.tag(s.obj), t.stale(s.obj), `"x", `+t.tag(s.obj), "*"))
		if d.chance(0.5) {
			s.want(d, 1, "")
		}
	}},
	{"if-modified-since", func(t *trial, _ dice, s *step) { s.header.Set("If-Modified-Since", t.date(s.obj)) }},
	{"if-unmodified-since", func(t *trial, _ dice, s *step) { s.header.Set("If-Unmodified-Since", t.date(s.obj)) }},
	{"leave", func(_ *trial, d dice, s *step) { s.leave = d.IntN(max(1, s.length())) }},
	{"slow", func(_ *trial, _ dice, s *step) { s.slow = true }},
}

// newStep draws a request.
func (t *trial) newStep(d dice) *step {
	s := &step{
		number: len(t.steps), obj: pick(d, t.objects...), method: http.MethodGet, header: http.Header{}, leave: -1,
		http2: d.chance(0.5), typed: d.chance(0.3),
	}
	all := t.mode.shapes
	if all == nil {
		for _, sh := range shapes {
			all = append(all, sh.name)
		}
	}
	name := pick(d, all...)
	for _, sh := range shapes {
		if sh.name == name {
			s.shape = name
			sh.make(t, d, s)
			break
		}
	}
	if coding := pick(d, "", "gzip", "identity"); coding != "" {
		s.header.Set("Accept-Encoding", coding)
	}
	t.add(s, d)
	return s
}

// add gives a step what the application has recorded by then.
func (t *trial) add(s *step, d dice) {
	s.number = len(t.steps)
	now, _ := s.obj.current()
	s.known = pick(d, t.first(s.obj), t.first(s.obj), now)
	s.pinned = s.known
	t.steps = append(t.steps, s)
}

// want adds ranges to a request.
func (s *step) want(d dice, n int, shape string) {
	size := max(1, s.length())
	var specs []string
	for range n {
		at := d.IntN(size + size/8 + 1)
		w := wanted{strconv.Itoa(at), strconv.Itoa(at + d.IntN(max(1, size/3)))}
		switch pick(d, shape, shape, shape, "suffix") {
		case "suffix":
			w = wanted{"", strconv.Itoa(d.IntN(size) + 1)}
		case "open":
			w.to = ""
		case "start":
			w = wanted{"0", ""}
		}
		s.ranges = append(s.ranges, w)
		specs = append(specs, w.String())
	}
	s.header.Set("Range", "bytes="+strings.Join(specs, ", "))
}

// length is about that of the content.
func (s *step) length() int {
	if c := s.obj.trial.composed; c != nil {
		return len(c.now(c.root))
	}
	return s.obj.style.size
}

// tag returns the entity-tag that the client saw last, or that of the current version.
func (t *trial) tag(o *object) string {
	if t.seen[o] != "" {
		return t.seen[o]
	}
	v, _ := o.current()
	return v.etag
}

// stale returns the entity-tag of the first version, or one that never was.
func (t *trial) stale(o *object) string {
	if t.composed != nil && t.composed.first != "" {
		return t.composed.first
	}
	if v, n := o.current(); n > 0 && v.etag != t.first(o).etag {
		return t.first(o).etag
	}
	return `"never"`
}

func (t *trial) date(o *object) string {
	v, _ := o.current()
	return pick(t.dice, v.modTime, v.modTime, t.first(o).modTime, epoch.Add(-time.Hour)).Format(http.TimeFormat)
}

func (t *trial) first(o *object) *version { return o.versions(0)[0] }
