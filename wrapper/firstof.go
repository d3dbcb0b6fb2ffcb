package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// FirstOf reads content from the first of several storages that has it: the new one and then the old one, while objects
// move. Its zero value works. A FirstOf is used by many goroutines, and must not be copied after first use. A program has
// one for each list of storages.
//
// Only fs.ErrNotExist leads to the next file. A storage that fails, fails the request: an older storage may hold other
// content. Storages that report a missing object as forbidden, such as S3 without the permission s3:ListBucket, therefore
// fail.
//
// Entity-tags begin with the name of the storage, as in "new:9a0364b9", so that no precondition compares tags of two
// storages. A date in If-Range is not such a validator: the response is the whole content.
//
// Optimizers are given the file that has the content. Responses that they offload have the validators of the proxy or of
// the storage.
type FirstOf struct {
	// MissTTL is for how long the absence of an object is remembered, so that a request goes to the storage that has it at
	// once. For that time, an object that another program adds to an earlier storage stays unseen, if a later storage has
	// one. See Forget. The absence from all storages is never remembered. 0 is ten seconds, a negative time none.
	MissTTL time.Duration

	once   sync.Once
	misses *InfoCache // by location; ModTime is the time of the miss
	found  *InfoCache // metadata of objects, for optimizers
}

const (
	defaultMissTTL = 10 * time.Second
	missEntries    = 100_000

	// missMargin is how much longer a miss must be remembered for Resolve: the request that follows relies on it too.
	missMargin = time.Second
)

// File returns a file with the content of the first of files that exists, and with the name of the first one. Options of
// the files, such as an Admission, apply to the requests for each of them.
func (o *FirstOf) File(files ...*File) *File {
	if len(files) == 0 {
		return Invalid("", errors.New("first of: no files"))
	}
	o.init()
	s := &firstOfSource{of: o, files: files, marks: make([]string, len(files))}
	for i, f := range files {
		s.marks[i] = fmt.Sprintf("#%d:", i)
		if store := f.loc.Store; store != "" {
			s.marks[i] = url.QueryEscape(store) + ":"
		}
		if slices.Contains(s.marks[:i], s.marks[i]) { // another key of one storage
			s.marks[i] = url.QueryEscape(f.loc.Store) + fmt.Sprintf("#%d:", i)
		}
	}
	f := New(files[0].name, s)
	options := defaultReadOptions
	options.Retries = -1 // each file has its own
	options.FirstByteTimeout = firstOfTimeout(files)
	f.readOptions = &options
	return f
}

// Forget drops what is remembered of these files. Call it after the program has written or deleted one of them.
func (o *FirstOf) Forget(files ...*File) {
	o.init()
	for _, f := range files {
		o.misses.forget(f.loc)
		o.found.forget(f.loc)
	}
}

// init makes the caches at the first call.
func (o *FirstOf) init() {
	o.once.Do(func() {
		o.misses = NewInfoCache(missEntries, o.missTTL())
		o.found = NewInfoCache(missEntries, o.missTTL())
	})
}

func (o *FirstOf) missTTL() time.Duration {
	if o.MissTTL == 0 {
		return defaultMissTTL
	}
	return o.MissTTL
}

// firstOfTimeout is the time that the requests for all files may take together.
func firstOfTimeout(files []*File) (all time.Duration) {
	for _, f := range files {
		limit := f.readOptions.FirstByteTimeout
		if limit <= 0 {
			limit = defaultFirstByte
		}
		all += max(limit, f.readOptions.StallTimeout)
	}
	return all
}

// firstOfSource is the content of the first of several files that exists.
type firstOfSource struct {
	of    *FirstOf
	files []*File
	marks []string // with which the opaque part of each file's entity-tags begins
}

// first calls use for the files in order, until one exists. Files whose absence is remembered for longer than margin are
// left out, and called only if no other one exists.
func (s *firstOfSource) first(margin time.Duration, use func(i int) error) error {
	last := len(s.files) - 1
	var skipped []int
	var err error
	for i, f := range s.files {
		if i < last && s.of.remembersMiss(f, margin) {
			skipped = append(skipped, i)
			continue
		}
		if err = s.call(i, use); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, i := range skipped {
		if again := s.call(i, use); !errors.Is(again, fs.ErrNotExist) {
			return again
		}
	}
	return err
}

// call calls use for a file, and remembers whether the file is missing.
func (s *firstOfSource) call(i int, use func(i int) error) error {
	err := use(i)
	if f := s.files[i]; errors.Is(err, fs.ErrNotExist) {
		s.of.found.forget(f.loc)
		if isRememberable(f) && s.of.missTTL() > 0 {
			s.of.misses.put(f.loc, &Info{ModTime: time.Now()})
		}
	} else if err == nil {
		s.of.misses.forget(f.loc)
	}
	return err
}

// isRememberable reports whether a file is the current version of an object: its location identifies it.
func isRememberable(f *File) bool { return f.loc.Bucket != "" && f.pin == "" && f.known.Version == "" }

func (o *FirstOf) remembersMiss(f *File, margin time.Duration) bool {
	if !isRememberable(f) {
		return false
	}
	miss, ok := o.misses.get(f.loc)
	return ok && time.Since(miss.ModTime) < o.missTTL()-margin
}

func (s *firstOfSource) Stat(ctx context.Context) (info Info, err error) {
	err = s.first(0, func(i int) error {
		info, err = s.files[i].Stat(ctx)
		s.mark(i, &info)
		return err
	})
	return info, err
}

func (s *firstOfSource) Fetch(ctx context.Context, req Request) (resp *Response, err error) {
	if req.datesRange() {
		req.Range, req.IfRange = "", "" // two storages may have one date
	}
	err = s.first(0, func(i int) error {
		resp, err = s.files[i].Fetch(ctx, s.unmark(i, req))
		if err == nil {
			s.mark(i, &resp.Info)
		}
		return err
	})
	return resp, err
}

// Open opens a window, whose metadata shows which content it is of.
func (s *firstOfSource) Open(ctx context.Context, off, n int64) (rc io.ReadCloser, err error) {
	err = s.first(0, func(i int) error {
		rc, err = s.open(ctx, i, off, n)
		return err
	})
	return rc, err
}

// open opens a window of a file with one request, or two if the file has no ranges.
func (s *firstOfSource) open(ctx context.Context, i int, off, n int64) (io.ReadCloser, error) {
	var req Request
	if off > 0 || n >= 0 {
		req.Range = rangeField(off, n)
	}
	resp, err := s.files[i].Fetch(ctx, req)
	if err != nil {
		return nil, err
	}
	info := resp.Info
	s.mark(i, &info)
	whole := resp.Status == http.StatusOK && (req.Range == "" || off == 0 && resp.Info.Size == n)
	if part := len(resp.Ranges) == 1 && resp.Ranges[0].Off == off && (n < 0 || resp.Ranges[0].N == n); !part && !whole {
		_ = resp.Close()
		if resp.Status != http.StatusOK || n > 0 && resp.Info.Size >= 0 && off >= resp.Info.Size {
			return nil, ErrChanged
		}
		b, err := s.files[i].openPinned(ctx, &resp.Info, off, n)
		if err != nil {
			return nil, err
		}
		return &describedBody{b, info}, nil
	}
	if resp.Body == nil {
		return io.NopCloser(strings.NewReader("")), nil
	}
	return &describedBody{resp.Body, info}, nil
}

// Resolve returns the file that has the content. Its metadata is requested, unless it is remembered.
func (s *firstOfSource) Resolve(ctx context.Context) (*File, error) {
	var found *File
	err := s.first(missMargin, func(i int) error {
		f := s.files[i]
		known := f
		if f.cache == nil && !f.Local() && s.of.missTTL() > 0 {
			known = f.WithInfoCache(s.of.found)
		}
		resp, err := known.Fetch(ctx, Request{Head: true})
		if err != nil {
			return err
		}
		_ = resp.Close()
		found, err = f.Resolve(ctx)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // documented: there is none
	}
	return found, err
}

// Local reports whether all files are local.
func (s *firstOfSource) Local() bool { return allLocal(s.files) }

// Network is false: the files count their own requests.
func (s *firstOfSource) Network() bool { return false }

// mark adds the name of a file's storage to its entity-tag. Versions of two storages are not comparable, and are left out.
func (s *firstOfSource) mark(i int, info *Info) {
	info.ETag = strings.Replace(info.ETag, `"`, `"`+s.marks[i], 1)
	info.Version, info.weakDate = "", true
}

// unmark returns the request with the entity-tags of a file's storage as the storage made them. Other tags, also those that a
// storage made before there was another one, match nothing.
func (s *firstOfSource) unmark(i int, req Request) Request {
	for _, field := range [...]*string{&req.IfRange, &req.IfMatch, &req.IfNoneMatch} {
		parts := strings.Split(*field, `"`)
		for j := 1; j < len(parts); j += 2 { // the opaque parts of the tags
			own, ok := strings.CutPrefix(parts[j], s.marks[i])
			if !ok {
				own = otherMark + parts[j]
			}
			parts[j] = own
		}
		*field = strings.Join(parts, `"`)
	}
	return req
}

// otherMark begins a tag that no storage makes.
const otherMark = "#other:"
