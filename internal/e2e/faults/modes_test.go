package faults_test

import (
	"testing"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// mode is a way in which an application uses files.
type mode struct {
	name          string
	stores        []string
	style         func(d dice, s *style) // changes what newStyle drew
	prepare       func(t *trial, d dice)
	file          func(t *trial, s *step) *wrapper.File
	objects       func(d dice) int
	requests      func(d dice) int
	shapes        []string // that clients have; nil means all, resuming included
	judge         func(s *step, from int, g *got) verdict
	kinds         []*kind                                              // of faults; nil means drawn, at a random rate
	actions       func(d dice, o *object, size int) storagetest.Action // of a bucket in memory; nil means memoryAction
	rate          float64                                              // of faults to requests
	headerTimeout time.Duration                                        // of the storage clients; 0 means headerTimeout
	heavy         int                                                  // divides the number of trials at a time; 0 does not
	share         int                                                  // of the trials: 2 is every second; 0 is all
	tb            testing.TB
}

func one(dice) int { return 1 }

func few(low, high int) func(d dice) int { return func(d dice) int { return d.between(low, high) } }

var every = []string{"s3", "s3", "url", "url", "mem"}

func modes() []*mode {
	return []*mode{
		calm("calm", func(t *trial, s *step) *wrapper.File { return t.base(s.obj) }),
		calm("calm-size", func(t *trial, s *step) *wrapper.File {
			return t.base(s.obj).WithInfo(wrapper.Info{Size: int64(len(s.known.body))})
		}),
		calm("calm-version", func(t *trial, s *step) *wrapper.File { return t.base(s.obj).WithVersion(s.pinned.id) }),
		{name: "plain", stores: every, objects: one, requests: few(1, 3), file: func(t *trial, s *step) *wrapper.File { return t.base(s.obj) }},
		{name: "size", stores: every, objects: one, requests: few(1, 3), file: func(t *trial, s *step) *wrapper.File {
			return t.base(s.obj).WithInfo(wrapper.Info{Size: int64(len(s.known.body))})
		}},
		{name: "size-and-tag", stores: every, objects: one, requests: few(1, 3), file: func(t *trial, s *step) *wrapper.File {
			return t.base(s.obj).WithInfo(s.metadata())
		}},
		{name: "version", stores: []string{"s3"}, objects: one, requests: few(1, 3), style: func(d dice, s *style) {
			s.versioned = true
		}, file: func(t *trial, s *step) *wrapper.File { return t.base(s.obj).WithVersion(s.pinned.id) }, judge: judgePinned},
		{name: "cache", stores: every, objects: few(1, 2), requests: few(2, 4), file: func(t *trial, s *step) *wrapper.File {
			f := t.base(s.obj).WithInfoCache(t.cache)
			if s.typed {
				f = f.WithInfo(wrapper.Info{ContentType: viewType})
			}
			return f
		}, judge: judgeTyped},
		{name: "read-ahead", heavy: 3, stores: []string{"s3", "url"}, objects: one, requests: one, style: func(d dice, s *style) {
			s.slow, s.size = true, d.between(1200<<10, 1600<<10)
		}, prepare: func(t *trial, _ dice) {
			t.options.ReadAhead, t.options.PartSize = 4, 64<<10
			t.places = 8
			t.limiter = wrapper.NewLimiter(t.places, limiterWait)
		}, shapes: []string{"get", "get", "from-start", "leave"}, file: func(t *trial, s *step) *wrapper.File { return t.base(s.obj) }},
		{name: "pipe", heavy: 3, stores: []string{"s3"}, objects: one, requests: few(1, 2), style: func(d dice, s *style) {
			s.size = d.between(600<<10, 1<<20) // the first 256 KiB are copied
			if d.chance(0.2) {
				s.size = d.between(1<<20, 3<<20) // and more, unless the client has received them
			}
			if s.checksum == "Crc32" || s.checksum == "Sha256" {
				s.partSize = pick(d, 0, 1<<20)
			}
		}, shapes: []string{"get", "get", "get", "range", "from-start", "leave", "slow"}, file: func(t *trial, s *step) *wrapper.File {
			return t.base(s.obj)
		}},
		{name: "multipart", stores: []string{"s3"}, objects: one, requests: few(1, 2), style: func(d dice, s *style) {
			s.size = max(1, s.size)
			s.checksum = pick(d, "Crc32", "Crc32c", "Sha256")
			s.partSize = max(1, s.size/d.between(1, 6), 1+d.IntN(s.size))
			if d.chance(0.05) {
				s.size, s.partSize = d.between(2<<20, 4<<20), 1<<20
			}
		}, file: func(t *trial, s *step) *wrapper.File { return t.base(s.obj) }},
		{name: "frozen", share: 2, stores: []string{"frozen"}, objects: one, requests: few(2, 4), file: func(t *trial, s *step) *wrapper.File {
			return t.base(s.obj)
		}, judge: judgeFrozen},
		{name: "zip", stores: every, objects: few(1, 3), requests: few(1, 2), shapes: []string{"get", "get", "head", "leave", "slow", "range"},
			file: zipOf, judge: judgeZip},
		composed("composed", "overwrite-before", "overwrite-during", "overwrite-cut", "cut", "cut-last-byte", "reset"),
		composed("composed-stale"),
		{name: "materialized", stores: every, objects: one, requests: few(1, 4), prepare: func(t *trial, _ dice) {
			t.kept = memblob.OpenBucket(nil)
			t.materialize()
		}, file: func(t *trial, s *step) *wrapper.File { return t.materializer.File(t.base(s.obj), "kept") }},
	}
}

// metadata is the application's record of an object.
func (s *step) metadata() wrapper.Info {
	info := wrapper.Info{Size: int64(len(s.known.body))}
	switch style := s.obj.style; style.tags {
	case "strong":
		info.ETag = s.known.etag
	case "weak":
		info.ETag = "W/" + s.known.etag
	}
	switch {
	case s.obj.style.versioned && s.typed:
		info.Version = s.known.id
	case s.obj.style.store == "url" && s.typed:
		info.Version, info.ETag = s.known.id, "" // a version of the application's own, which the origin never sends
	}
	return info
}
