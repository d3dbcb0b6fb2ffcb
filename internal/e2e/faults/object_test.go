package faults_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// version is one content that an object had.
type version struct {
	body     []byte
	etag     string // strong
	id       string
	modTime  time.Time
	checksum func() [][2]string // fields of S3
	parts    []int              // sizes of the parts of a multipart upload
	gzip     func() []byte
}

// object is a key of a fake storage with every version that it ever had.
type object struct {
	path  string // on the origin
	style *style
	trial *trial

	mu      sync.Mutex
	all     []*version            // those that were current, in order
	future  []*version            // those that overwrite it
	tags    map[string][]*version // by every entity-tag that was sent for it, without W/
	totals  map[int64]bool        // wrong lengths that a Content-Range announced
	odd     [][]byte              // bodies that are no version, complete by their own framing, without a checksum
	applied []string              // faults
	noParts bool                  // a request for the size of a part was refused
}

// style is how the storage of an object behaves throughout a trial.
type style struct {
	store       string // s3, url or mem
	size        int
	tags        string // strong, weak, absent or changing
	undated     bool   // no Last-Modified
	sameSecond  bool   // versions share one Last-Modified
	head        int    // status of every HEAD; 0 for the right one
	checksum    string // algorithm; "" for none
	partSize    int    // of a multipart upload; 0 for a single one
	versioned   bool   // S3: old versions stay
	chunked     bool   // bodies have no announced length
	noRanges    bool   // Range is ignored
	noCondition bool   // preconditions are ignored
	bare304     bool   // a 304 has no fields
	overwritten bool   // before the first request
	slow        bool   // bodies come at about 50 MB/s
}

var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

func newObject(t *trial, d dice, name string, s *style) *object {
	o := &object{
		path: fmt.Sprintf("/b/%d/%s", t.number, name), style: s, trial: t,
		tags: map[string][]*version{}, totals: map[int64]bool{},
	}
	for i := range 5 {
		size := s.size
		if i > 0 && d.chance(0.5) {
			size = max(0, size+d.between(-size/2, size/2+1))
		}
		v := &version{
			body: d.content(size), etag: fmt.Sprintf(`"%s-%d-%x"`, name, i, d.Uint32()),
			id: fmt.Sprintf("id-%d-%x", i, d.Uint32()), modTime: epoch,
		}
		switch {
		case s.store == "frozen":
			v.modTime = time.Unix(int64(s.size%2), 0).UTC() // ostree has 0, Nix has 1
		case !s.sameSecond:
			v.modTime = epoch.Add(time.Duration(i) * time.Hour)
		}
		v.gzip = sync.OnceValue(func() []byte { return compress(v.body) })
		v.split(s.partSize)
		v.checksum = sync.OnceValue(func() [][2]string { return v.sum(s.checksum) })
		o.future = append(o.future, v)
	}
	o.overwrite()
	return o
}

func compress(b []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	_, _ = w.Write(b)
	_ = w.Close()
	return buf.Bytes()
}

// overwrite makes the next version the current one.
func (o *object) overwrite() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.future) == 0 {
		return
	}
	v := o.future[0]
	o.future = o.future[1:]
	o.all = append(o.all, v)
	o.tags[v.etag] = append(o.tags[v.etag], v)
}

// current returns the version that is served now, and how many there were before it.
func (o *object) current() (*version, int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all[len(o.all)-1], len(o.all) - 1
}

func (o *object) versionByID(id string) *version {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, v := range o.all {
		if v.id == id {
			return v
		}
	}
	return nil
}

// versions returns those from the given one on.
func (o *object) versions(from int) []*version {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.all[from:])
}

// tag returns the entity-tag to send for a version, and records it.
func (o *object) tag(v *version, style string) string {
	tag := v.etag
	switch style {
	case "absent":
		return ""
	case "weak":
		return "W/" + tag
	case "changing":
		tag = fmt.Sprintf(`"changing-%d"`, o.trial.count.Add(1))
	}
	o.record(tag, v)
	return tag
}

func (o *object) record(tag string, v *version) {
	o.mu.Lock()
	defer o.mu.Unlock()
	tag = opaque(tag)
	if !slices.Contains(o.tags[tag], v) {
		o.tags[tag] = append(o.tags[tag], v)
	}
}

// tagged returns the versions for which a tag was sent.
func (o *object) tagged(tag string) []*version {
	o.mu.Lock()
	defer o.mu.Unlock()
	tag = strings.Replace(tag, `;decoded=gzip"`, `"`, 1) // of a representation that the server decodes
	return o.tags[opaque(tag)]
}

// announced reports whether a Content-Range of the storage had this total.
func (o *object) announced(total int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.totals[total]
}

func (o *object) announce(total int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.totals[total] = true
}

// sentOdd records a body of the origin that is complete by its own framing and is no version.
func (o *object) sentOdd(body []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.odd = append(o.odd, body)
}

func (o *object) wasOdd(body []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.ContainsFunc(o.odd, func(b []byte) bool { return bytes.Equal(b, body) })
}

// apply records a fault that happened.
func (o *object) apply(kind string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.applied = append(o.applied, kind)
}

// refuseParts records that a request for the size of a part was refused.
func (o *object) refuseParts() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.noParts = true
}

func (o *object) refusedParts() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.noParts
}

// faults returns those since a number of them.
func (o *object) faults(from int) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.applied[from:])
}
