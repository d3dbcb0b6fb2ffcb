package faults_test

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// composition is a file of other files: sections, concatenations and so on, of each other.
type composition struct {
	trial        *trial
	root         *node
	leaves       []*node
	materialized bool // the content may be that of earlier versions
	once         bool // one file serves all requests
	file         func() *wrapper.File
	of           *wrapper.FirstOf
	kept         *blob.Bucket
	materializer *wrapper.Materializer
	keys         int

	mu     sync.Mutex
	starts []int               // the version of each leaf when the last request arrived
	tags   map[string][]string // the contents that a strong entity-tag may stand for
	first  string              // the first entity-tag
}

// node is a file of a composition.
type node struct {
	text    string
	file    func() *wrapper.File
	content func(of map[*node]*version) (content string, ok bool) // of the versions of the leaves
	object  *object                                               // of a leaf
	known   bool                                                  // the application has metadata of the leaf, which may be stale
}

const mostLeaves = 3

func compose(t *trial, d dice) {
	c := &composition{
		trial: t, of: &wrapper.FirstOf{}, kept: memblob.OpenBucket(nil), once: d.chance(0.5), tags: map[string][]string{},
	}
	c.materializer = &wrapper.Materializer{Bucket: wrapper.NewBucket(c.kept), Logger: slog.New(slog.DiscardHandler)}
	if d.chance(0.3) {
		c.materializer.MaxAge = time.Nanosecond
	}
	c.root = c.draw(d, d.between(1, 3))
	c.file = c.root.file
	if c.once {
		c.file = sync.OnceValue(c.root.file)
	}
	t.composed = c
	t.logf("  %s, once %v\n", c.root.text, c.once)
}

// draw makes a random node with others below it.
func (c *composition) draw(d dice, depth int) *node {
	if depth == 0 {
		return c.leaf(d)
	}
	switch pick(d, "section", "section", "concat", "concat", "first-of", "materialized") {
	case "section":
		return c.section(d, c.draw(d, depth-1))
	case "concat":
		return c.concat(d, depth)
	case "first-of":
		return c.firstOf(d, c.draw(d, depth-1))
	default:
		return c.materialize(c.draw(d, depth-1))
	}
}

func (c *composition) leaf(d dice) *node {
	if len(c.leaves) == mostLeaves || d.chance(0.1) {
		content := string(d.content(d.between(0, 50)))
		return &node{
			text:    fmt.Sprintf("bytes(%d)", len(content)),
			file:    func() *wrapper.File { return wrapper.Bytes("bytes", []byte(content)) },
			content: func(map[*node]*version) (string, bool) { return content, true },
		}
	}
	t := c.trial
	o := pick(d, t.objects...)
	how := pick(d, "plain", "plain", "cache", "size", "tag", "info")
	n := &node{object: o, known: how != "plain"}
	n.text = fmt.Sprintf("%s:%s", strings.TrimPrefix(o.path, "/"), how)
	n.file = func() *wrapper.File {
		f := t.base(o)
		v := t.first(o)
		info := wrapper.Info{Size: int64(len(v.body))}
		switch {
		case how == "cache":
			return f.WithInfoCache(t.cache)
		case how == "plain" || len(v.body) == 0:
			return f
		case how == "size" || o.style.tags == "absent" || o.style.tags == "changing":
			return f.WithInfo(info)
		}
		info.ETag = v.etag
		if o.style.tags == "weak" {
			info.ETag = "W/" + v.etag
		}
		if o.style.store == "mem" {
			info.ETag = v.etag // as sync has recorded it
		}
		if how == "info" && o.style.store != "mem" && !o.style.undated {
			info.ModTime = v.modTime
		}
		return f.WithInfo(info)
	}
	n.content = func(of map[*node]*version) (string, bool) { return string(of[n].body), true }
	c.leaves = append(c.leaves, n)
	return n
}

// now returns the content of the current versions, or "" if there is none.
func (c *composition) now(n *node) string {
	of := map[*node]*version{}
	for _, l := range c.leaves {
		of[l], _ = l.object.current()
	}
	content, _ := n.content(of)
	return content
}

func (c *composition) section(d dice, of *node) *node {
	size := len(c.now(of))
	off := d.IntN(size + 1)
	n := pick(d, -1, d.between(0, size-off), d.between(0, size-off))
	return &node{
		text: fmt.Sprintf("section(%s, %d, %d)", of.text, off, n),
		file: func() *wrapper.File { return wrapper.Section("section", of.file(), int64(off), int64(n)) },
		content: func(v map[*node]*version) (string, bool) {
			content, ok := of.content(v)
			if !ok || off > len(content) || n >= 0 && off+n > len(content) {
				return "", false
			}
			if n < 0 {
				return content[off:], true
			}
			return content[off : off+n], true
		},
	}
}

func (c *composition) concat(d dice, depth int) *node {
	var parts []*node
	var texts []string
	most := 3
	if len(c.trial.mode.kinds) == 0 {
		most = 1 // stale metadata of a further part shows when the status has been sent
	}
	for range d.between(1, most) {
		p := c.draw(d, d.IntN(depth))
		parts, texts = append(parts, p), append(texts, p.text)
	}
	return &node{
		text: fmt.Sprintf("concat(%s)", strings.Join(texts, ", ")),
		file: func() *wrapper.File {
			var files []*wrapper.File
			for _, p := range parts {
				files = append(files, p.file())
			}
			return wrapper.Concat("concat", files...)
		},
		content: func(v map[*node]*version) (string, bool) {
			all := ""
			for _, p := range parts {
				content, ok := p.content(v)
				if !ok {
					return "", false
				}
				all += content
			}
			return all, true
		},
	}
}

func (c *composition) firstOf(d dice, of *node) *node {
	missing := d.chance(0.7)
	return &node{
		text: fmt.Sprintf("first-of(%s)", of.text),
		file: func() *wrapper.File {
			if missing {
				return c.of.File(c.missing(), of.file().WithStore("old"))
			}
			return c.of.File(of.file())
		},
		content: of.content,
	}
}

// missing is a file that does not exist.
func (c *composition) missing() *wrapper.File {
	o := &object{path: "/b/missing", style: c.trial.objects[0].style, trial: c.trial}
	return c.trial.base(o).WithStore("new")
}

func (c *composition) materialize(of *node) *node {
	c.keys++
	c.materialized = true
	key := fmt.Sprint(c.keys)
	return &node{
		text:    fmt.Sprintf("materialized(%s)", of.text),
		file:    func() *wrapper.File { return c.materializer.File(of.file(), key) },
		content: of.content,
	}
}

// serve returns the file of a request.
func (c *composition) serve() *wrapper.File {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.starts = nil
	for _, l := range c.leaves {
		_, n := l.object.current()
		c.starts = append(c.starts, n)
	}
	return c.file()
}

// contents returns what the composition may consist of: each leaf has any of the versions that were current during the last
// request, or before if earlier ones are permitted.
func (c *composition) contents(earlier bool) []string {
	all := []map[*node]*version{{}}
	for i, l := range c.leaves {
		from := 0
		if !earlier && !l.known && i < len(c.starts) {
			from = c.starts[i]
		}
		var next []map[*node]*version
		for _, of := range all {
			for _, v := range l.object.versions(from) {
				more := maps.Clone(of)
				more[l] = v
				next = append(next, more)
			}
		}
		all = next
	}
	var contents []string
	seen := map[string]bool{}
	for _, of := range all {
		if content, ok := c.root.content(of); ok && !seen[content] {
			seen[content] = true
			contents = append(contents, content)
		}
	}
	return contents
}

// composed is a mode of compositions of storages with some kinds of faults. Without any, all that is wrong is the metadata that
// the application has.
func composed(name string, faults ...string) *mode {
	m := &mode{
		name: name, stores: every, objects: few(1, 2), requests: few(2, 5), rate: 0.3, share: 2, judge: judgeComposed, kinds: []*kind{},
		file: func(t *trial, _ *step) *wrapper.File { return t.composed.serve() },
		style: func(d dice, s *style) {
			s.size = min(s.size, d.between(1, 3000))
			s.sameSecond = false
			if len(faults) == 0 && s.store == "mem" {
				s.store = "s3"
			}
			if len(faults) == 0 { // neither a tag that changes with each request nor a length that no response states shows a version
				s.tags, s.chunked = strings.Replace(s.tags, "changing", "strong", 1), false
			}
		},
		actions: func(d dice, o *object, _ int) storagetest.Action {
			if d.chance(0.3) {
				return storagetest.Break(nil)
			}
			return storagetest.Overwrite(string(pick(d, o.future...).body))
		},
	}
	m.prepare = func(t *trial, d dice) {
		compose(t, d)
		if len(faults) > 0 {
			return
		}
		t.places = 8
		t.limiter = wrapper.NewLimiter(t.places, limiterWait)
		t.options.StallTimeout = patience
		for _, o := range t.objects {
			o.overwrite()
		}
	}
	for _, k := range kinds {
		if slices.Contains(faults, k.name) {
			m.kinds = append(m.kinds, k)
		}
	}
	if len(faults) == 0 {
		m.rate, m.headerTimeout = 0, patience
	}
	return m
}
