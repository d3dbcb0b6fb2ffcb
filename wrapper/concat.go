package wrapper

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"

	"github.com/go-downloadview/downloadview/internal/flight"
	"github.com/go-downloadview/downloadview/internal/plan"
)

// Concat returns the concatenation of files as one file. It has ranges: a range reads only the parts under it, each in the
// version that its metadata described. A part that is replaced meanwhile is ErrChanged, as is a part after the first one whose
// metadata from WithInfo is stale. The metadata costs one Stat for each part whose Size is not known from WithInfo.
//
// The entity-tag is strong and derived from those of the parts. There is none if a part has no strong one; content of Bytes
// up to 64 KiB needs none. The modification time is the latest of the parts', if all have one. It is no validator for If-Range:
// the response is the whole. A part of unknown length, or without ranges, takes the ranges from the whole. A part that is
// stored under a content coding is errors.ErrUnsupported.
func Concat(name string, parts ...*File) *File {
	return New(name, &concatSource{parts: parts}).withoutRetries()
}

type concatSource struct {
	parts []*File
	last  atomic.Pointer[concatInfo] // of the last Stat, for Open
}

type concatInfo struct {
	parts []Info
	whole Info
}

// concatStats is how many parts are described at once.
const concatStats = 8

func (s *concatSource) Local() bool { return allLocal(s.parts) }

func allLocal(files []*File) bool {
	return !slices.ContainsFunc(files, func(f *File) bool { return !f.Local() })
}

// Network reports that the requests are counted by the parts.
func (s *concatSource) Network() bool { return false }

func (s *concatSource) Stat(ctx context.Context) (Info, error) {
	c, err := s.describe(ctx)
	if err != nil {
		return Info{}, err
	}
	return c.whole, nil
}

// describe requests the metadata of all parts.
func (s *concatSource) describe(ctx context.Context) (*concatInfo, error) {
	c := &concatInfo{parts: make([]Info, len(s.parts))}
	if err := s.statParts(ctx, c.parts); err != nil {
		return nil, err
	}
	c.whole.ETag = s.tag(c.parts)
	for i := range c.parts {
		info := &c.parts[i]
		if info.ContentEncoding != "" {
			return nil, pathError("stat", s.parts[i].name, errCoded(info))
		}
		if info.Version != "" && s.parts[i].pin == "" && plan.StrongMatch(info.ETag, info.ETag) {
			info.Version = "" // a request for a version would not detect that the part was replaced
		}
		c.whole.add(info, i == 0)
		c.whole.weakDate = c.whole.weakDate || i > 0 || info.weakDate // a part can have been replaced by one that is not newer
	}
	if c.whole.Size < UnknownSize {
		return nil, ErrLength
	}
	s.last.Store(c)
	return c, nil
}

// add adds the metadata of a part to that of the whole.
func (i *Info) add(part *Info, first bool) {
	switch {
	case i.Size == UnknownSize || part.Size < 0:
		i.Size = UnknownSize
	case i.Size+part.Size < i.Size:
		i.Size = UnknownSize - 1 // overflow
	default:
		i.Size += part.Size
	}
	i.Sequential = i.Sequential || part.Sequential || part.Size < 0
	i.ClockAhead = max(i.ClockAhead, part.ClockAhead)
	switch {
	case part.ModTime.IsZero():
		i.ModTime = part.ModTime
	case first || !i.ModTime.IsZero() && part.ModTime.After(i.ModTime):
		i.ModTime = part.ModTime
	}
}

// statParts requests metadata for several parts at a time, and looks up the rest without a goroutine.
func (s *concatSource) statParts(ctx context.Context, infos []Info) (err error) {
	var remote []int
	for i, p := range s.parts {
		if !p.needsNoStat(ctx) && !p.Local() {
			remote = append(remote, i)
		} else if infos[i], err = p.statVersion(ctx); err != nil {
			return err
		}
	}
	return flight.Each(ctx, concatStats, len(remote), func(ctx context.Context, i int) (err error) {
		infos[remote[i]], err = s.parts[remote[i]].Stat(ctx)
		return err
	})
}

// concatHashed is the longest content in memory that is hashed instead of a missing entity-tag, in bytes.
const concatHashed = 64 << 10

// tag returns a strong entity-tag of the whole, or "".
func (s *concatSource) tag(infos []Info) string {
	sum := sha256.New()
	for i := range infos {
		info := &infos[i]
		content, inMemory := s.parts[i].src.(bytesSource)
		switch {
		case plan.StrongMatch(info.ETag, info.ETag):
			fmt.Fprintf(sum, "%d %s\n", info.Size, info.ETag)
		case inMemory && len(content) <= concatHashed:
			fmt.Fprintf(sum, "%d %x\n", info.Size, sha256.Sum256(content))
		default:
			return ""
		}
	}
	return `"` + hex.EncodeToString(sum.Sum(nil)[:16]) + `"`
}

func (s *concatSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	c := s.last.Load()
	if c == nil {
		return s.openNew(ctx, off, n)
	}
	b, err := s.open(ctx, c, off, n)
	if errors.Is(err, ErrChanged) {
		return s.openNew(stale(ctx), off, n)
	}
	return b, err
}

// OpenVersion opens a window of the parts that were described last. File compares their metadata with info, and requests it
// again if a part was replaced.
func (s *concatSource) OpenVersion(ctx context.Context, _ Info, off, n int64) (io.ReadCloser, error) {
	c := s.last.Load()
	if c == nil {
		return s.openNew(ctx, off, n)
	}
	return s.open(ctx, c, off, n)
}

func (s *concatSource) openNew(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	c, err := s.describe(ctx)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, c, off, n)
}

// open opens the first part under a window.
func (s *concatSource) open(ctx context.Context, c *concatInfo, off, n int64) (io.ReadCloser, error) {
	if c.whole.Sequential && off > 0 {
		return nil, errSequential
	}
	b := &concatBody{ctx: ctx, source: s, info: c, off: off, left: n}
	if c.whole.Size < 0 {
		b.left = -1 // a part may end before the window does
	}
	if err := b.next(); err != nil && err != io.EOF {
		return nil, err
	}
	if c.whole.Size < 0 && n >= 0 {
		return struct {
			io.Reader
			io.Closer
		}{io.LimitReader(b, n), b}, nil
	}
	return b, nil
}

// concatBody reads one part after the other.
type concatBody struct {
	ctx    context.Context //nolint:containedctx // of the parts that are opened later
	source *concatSource
	info   *concatInfo
	part   int   // the next one
	off    int64 // of the window, in that part
	left   int64 // bytes of the window from that part on; negative: all
	open   *body // nil: none
}

func (b *concatBody) Info() Info { return b.info.whole }

// next opens the next part under the window.
func (b *concatBody) next() error {
	for ; b.part < len(b.source.parts) && b.left != 0; b.part++ {
		info := &b.info.parts[b.part]
		n := b.left
		if info.Size >= 0 {
			if rest := info.Size - b.off; rest <= 0 {
				b.off = -rest
				continue
			} else if n < 0 || n > rest {
				n = rest
			}
		}
		part := b.source.parts[b.part]
		open, err := part.openPinned(b.ctx, info, b.off, n)
		if err != nil {
			if errors.Is(err, ErrChanged) {
				b.source.last.CompareAndSwap(b.info, nil)
			}
			return pathError("open", part.name, err)
		}
		b.open, b.off = open, 0
		if b.left > 0 {
			b.left -= n
		}
		b.part++
		return nil
	}
	return io.EOF
}

func (b *concatBody) Read(p []byte) (int, error) {
	for {
		if b.open == nil {
			if err := b.next(); err != nil {
				return 0, err
			}
		}
		n, err := b.open.Read(p)
		if err != io.EOF {
			return n, err
		}
		err = b.Close()
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (b *concatBody) Close() error {
	if b.open == nil {
		return nil
	}
	open := b.open
	b.open = nil
	return open.Close()
}
