package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// store is a storage of objects that counts its requests. Each of them takes delay.
type store struct {
	delay time.Duration

	mu       sync.Mutex
	objects  map[string]string
	requests []string // "stat a", "open a 0+5"
	inFlight int
	most     int // of inFlight
}

func newStore(objects map[string]string) *store { return &store{objects: objects} }

func (s *store) put(key, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[key] = content
}

// log returns the requests since the last call.
func (s *store) log() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := s.requests
	s.requests = nil
	return log
}

func (s *store) request(ctx context.Context, what, key string) (string, error) {
	s.mu.Lock()
	s.requests = append(s.requests, what)
	s.inFlight++
	s.most = max(s.most, s.inFlight)
	s.mu.Unlock()
	defer func() { s.mu.Lock(); s.inFlight--; s.mu.Unlock() }()
	if s.delay > 0 {
		select {
		case <-time.After(s.delay):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	content, ok := s.objects[key]
	if !ok {
		return "", fs.ErrNotExist
	}
	return content, nil
}

func (s *store) member(key string) archive.Member {
	return archive.Member{Name: key, File: wrapper.New(key, object{s, key})}
}

func (s *store) members(n int) (all []archive.Member) {
	for i := range n {
		all = append(all, s.member(fmt.Sprint(i)))
	}
	return all
}

// numbered returns n objects of a size.
func numbered(n, size int) map[string]string {
	all := map[string]string{}
	for i := range n {
		all[fmt.Sprint(i)] = string(bytes.Repeat([]byte{byte(i), byte(i >> 8)}, size/2))
	}
	return all
}

// object is the content of an object. Its entity-tag is that of its length and its first bytes.
type object struct {
	store *store
	key   string
}

func infoOf(content string) wrapper.Info {
	return wrapper.Info{Size: int64(len(content)), ETag: fmt.Sprintf(`"%x"`, sum(content[:min(len(content), 4096)]))}
}

func (o object) Stat(ctx context.Context) (wrapper.Info, error) {
	content, err := o.store.request(ctx, "stat "+o.key, o.key)
	return infoOf(content), err
}

func (o object) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	window := fmt.Sprintf("open %s %d+%d", o.key, off, n)
	if n < 0 {
		window = "open " + o.key
	}
	content, err := o.store.request(ctx, window, o.key)
	if err != nil {
		return nil, err
	}
	r := &objectReader{info: infoOf(content)}
	content = content[off:]
	if n >= 0 {
		content = content[:n]
	}
	r.Reset(content)
	return r, nil
}

type objectReader struct {
	strings.Reader
	info wrapper.Info
}

func (r *objectReader) Info() wrapper.Info { return r.info }
func (r *objectReader) Close() error       { return nil }
