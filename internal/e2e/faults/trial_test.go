package faults_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// trial is one random run: objects, a script of faults, and a few requests.
type trial struct {
	env          *env
	mode         *mode
	number       int
	dice         dice
	script       *script
	objects      []*object
	options      wrapper.ReadOptions
	limiter      *wrapper.Limiter
	places       int // of the limiter
	cache        *wrapper.InfoCache
	mem          *memory      // the bucket of objects in memory
	kept         *blob.Bucket // of materialized content
	materializer *wrapper.Materializer
	composed     *composition // of the objects, or nil

	count    atomic.Int64 // tags that were drawn
	requests atomic.Int64 // to the origin
	held     atomic.Bool  // the origin held a response to the end of its patience

	mu         sync.Mutex
	steps      []*step
	seen       map[*object]string // entity-tags that the client got last
	outcomes   map[string]int
	violations []violation
	log        strings.Builder
}

func newTrial(e *env, seed uint64, number int) *trial {
	d := newDice(seed, uint64(number))
	t := &trial{
		env: e, mode: e.mode, number: number, dice: d, seen: map[*object]string{}, outcomes: map[string]int{},
		options: wrapper.ReadOptions{
			Retries: d.between(1, 2), Resumes: d.between(1, 3), ReadAhead: -1,
			StallTimeout: time.Duration(d.between(50, 200)) * time.Millisecond,
		},
		places: pick(d, 1, 2, 4, 8),
		cache:  wrapper.NewInfoCache(16, time.Hour),
	}
	t.limiter = wrapper.NewLimiter(t.places, time.Second)
	kinds, rate := drawn, pick(d, 0.1, 0.3, 0.3, 0.6, 0.9)
	if e.mode.kinds != nil {
		kinds, rate = e.mode.kinds, e.mode.rate
	}
	t.script = newScript(d.fork(), kinds, rate)
	s := newStyle(d, pick(d, e.mode.stores...))
	if e.mode.style != nil {
		e.mode.style(d, s)
	}
	for i := range e.mode.objects(d) {
		o := newObject(t, d.fork(), string(rune('a'+i)), s)
		if same := d.chance(0.5); i == 1 && same { // the key of the first, in another bucket
			o.path = "/c" + strings.TrimPrefix(t.objects[0].path, "/b")
		}
		t.objects = append(t.objects, o)
		e.origin.objects.Store(o.path, o)
	}
	if s.store == "mem" {
		t.mem = newMemory(t, d.fork())
	}
	if e.mode.prepare != nil {
		e.mode.prepare(t, d.fork())
	}
	e.trials.Store(fmt.Sprint(number), t)
	return t
}

// newStyle draws how a storage behaves.
func newStyle(d dice, store string) *style {
	s := &style{
		store: store, size: pick(d, 1, d.between(2, 100), d.between(100, 5000), d.between(5000, 60000), d.between(60000, 200000)),
		tags: "strong", undated: d.chance(0.15), sameSecond: d.chance(0.2),
	}
	if d.chance(0.01) {
		s.size = 0
	}
	switch store {
	case "s3":
		s.checksum = pick(d, "", "Crc32c", "Crc32", "Crc64nvme", "Sha256", "Sha1")
		s.versioned = d.chance(0.4)
		if d.chance(0.05) {
			s.head = pick(d, 403, 405)
		}
	case "url":
		s.tags = pick(d, "strong", "strong", "strong", "strong", "weak", "absent", "changing")
		if d.chance(0.2) {
			s.head = pick(d, 403, 405, 501)
		}
		s.chunked, s.noRanges, s.noCondition = d.chance(0.2), d.chance(0.1), d.chance(0.2)
	}
	return s
}

// String names what the responses of a storage depend on.
func (s *style) String() string {
	all := []string{s.store}
	if s.tags != "strong" {
		all = append(all, s.tags+" tags")
	}
	if s.checksum != "" {
		all = append(all, s.checksum)
	}
	for name, is := range map[string]bool{
		"versioned": s.versioned, "undated": s.undated, "chunked": s.chunked, "no ranges": s.noRanges, "no conditions": s.noCondition,
		"same second": s.sameSecond, "bare 304": s.bare304, "overwritten": s.overwritten,
	} {
		if is {
			all = append(all, name)
		}
	}
	slices.Sort(all[1:])
	return strings.Join(all, ", ")
}

// base returns an object as a file without metadata.
func (t *trial) base(o *object) *wrapper.File {
	var f *wrapper.File
	switch o.style.store {
	case "s3":
		name, key, _ := strings.Cut(strings.TrimPrefix(o.path, "/"), "/")
		f = wrapper.Blob(t.env.buckets[name], key)
	case "url":
		f = wrapper.URL(t.env.upstream, "http://"+t.env.origin.addr+o.path)
	case "mem":
		f = t.mem.file(o)
	default:
		f = frozen(o)
	}
	return f.WithReadOptions(t.options).WithLimiter(t.limiter)
}

// target is the path of a step's request.
func (t *trial) target(s *step) string { return fmt.Sprintf("/%d/%d", t.number, s.number) }

// run makes the requests of the trial, one after the other.
func (t *trial) run() {
	for range t.mode.requests(t.dice) {
		d := t.dice.fork()
		if t.outcomes["held"] > 0 {
			return
		}
		if t.mode.shapes == nil && d.chance(0.2) {
			t.resume(d)
			continue
		}
		t.do(t.newStep(d))
	}
}

// do makes one request and judges the response.
func (t *trial) do(s *step) (*got, verdict) {
	_, from := s.obj.current()
	s.before = len(s.obj.faults(0))
	g := t.env.send(t, s)
	for _, o := range t.objects {
		t.sync(o)
	}
	judge := judge
	if t.mode.judge != nil {
		judge = t.mode.judge
	}
	v := judge(s, from, g)
	if tag := g.header.Get("ETag"); tag != "" && g.status < 300 {
		t.seen[s.obj] = tag
	}
	t.report(s, g, v)
	return g, v
}

func (t *trial) report(s *step, g *got, v verdict) {
	t.outcomes[v.outcome]++
	t.logf("%s: %s %s %q, HTTP/2 %v, leave %d\n", s.shape, s.method, s.obj.path, s.header, s.http2, s.leave)
	t.logf("  = %d %s, %d bytes, %v\n  = %s %s %s\n", g.status, shown(g.header), len(g.body), g.err, v.outcome, v.wrong, v.detail)
	if v.wrong != "" {
		t.violate(s, v.wrong, v.detail)
	}
	if t.held.Load() && t.outcomes["held"] == 0 {
		t.outcomes["held"]++
		t.violate(s, "held", fmt.Sprintf("the storage held a response for %v", held))
	}
}

func (t *trial) logf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(&t.log, format, args...)
}

// shown prints the fields that describe a body.
func shown(h http.Header) string {
	var b strings.Builder
	for _, f := range []string{
		"Etag", "Last-Modified", "Content-Length", "Content-Range", "Content-Encoding", "Content-Type", "Range",
		"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "Transfer-Encoding", "X-Amz-Version-Id",
	} {
		if v := h.Values(f); len(v) > 0 {
			fmt.Fprintf(&b, " %s: %s;", f, strings.Join(v, " | "))
		}
	}
	return b.String()
}

func (t *trial) violate(s *step, class, detail string) {
	var faults []string
	for _, o := range t.objects {
		faults = append(faults, o.faults(0)...)
	}
	slices.Sort(faults)
	t.violations = append(t.violations, violation{class, detail, slices.Compact(faults), s.obj.style.String(), s.shape})
}

// sync records what a bucket in memory holds by now.
func (t *trial) sync(o *object) {
	if t.mem != nil {
		t.mem.sync(o)
	}
	if t.kept != nil {
		_ = t.materializer.Shutdown(context.Background()) // waits for the upload
		t.materialize()
		t.syncKept(o)
	}
}

// end removes the trial from its environment.
func (t *trial) end() {
	t.env.trials.Delete(fmt.Sprint(t.number))
	if t.materializer != nil {
		_ = t.materializer.Shutdown(context.Background())
	}
	if t.composed != nil {
		_ = t.composed.materializer.Shutdown(context.Background())
	}
	for _, o := range t.objects {
		t.env.origin.objects.Delete(o.path)
		o.odd = nil
	}
}
