package archive

import (
	"context"
	"hash/crc32"
	"io"
	"time"

	"github.com/go-downloadview/downloadview/internal/crc"
	"github.com/go-downloadview/downloadview/internal/flight"
	"github.com/go-downloadview/downloadview/wrapper"
)

// saveLimit is the time limit for the storage of checksums at the end of a download.
const saveLimit = 10 * time.Second

// sumsReader provides the CRC-32 values that a window contains, and reads members for the unknown ones.
type sumsReader struct {
	ctx     context.Context //nolint:containedctx // of the window
	layout  *layout
	pending *prefixCRC // the last one, or nil
}

// of returns the CRC-32 of a member.
func (s *sumsReader) of(m *member) (uint32, error) {
	if sum, ok := s.known(m); ok {
		return sum, nil
	}
	sum, err := m.crcOf(s.ctx, m.info.Size)
	if err == nil {
		s.layout.sums.set(m, sum)
	}
	return sum, err
}

// known returns the CRC-32 of a member if no read is necessary.
func (s *sumsReader) known(m *member) (sum uint32, ok bool) {
	if sum, ok = s.layout.sums.get(m); !ok {
		s.layout.sums.load(s.ctx)
		sum, ok = s.layout.sums.get(m)
	}
	return sum, ok
}

// readAll reads the unknown CRC-32 values of consecutive members, several at a time.
func (s *sumsReader) readAll(from, to int) error {
	var unknown []*member
	for i := from; i < to; i++ {
		m := &s.layout.members[i]
		if _, ok := s.known(m); !ok {
			unknown = append(unknown, m)
		}
	}
	return flight.Each(s.ctx, s.layout.options.Parallel, len(unknown), func(ctx context.Context, i int) error {
		sum, err := unknown[i].crcOf(ctx, unknown[i].info.Size)
		if err != nil {
			return s.layout.memberError(unknown[i], err)
		}
		s.layout.sums.set(unknown[i], sum)
		return nil
	})
}

// crcOf reads the first n bytes of a member, and returns their CRC-32.
func (m *member) crcOf(ctx context.Context, n int64) (sum uint32, err error) {
	rc, err := m.open(ctx, 0, n)
	if err != nil {
		return 0, err
	}
	defer closeAfter(rc, &err)
	h := crc32.NewIEEE()
	_, err = io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{rc}, make([]byte, 64<<10))
	return h.Sum32(), err
}

// prefixCRC is the CRC-32 of the beginning of a member, which is read while its rest is sent.
type prefixCRC struct {
	sum    uint32
	err    error         // set before done is closed
	done   chan struct{} // closed at the end of the read
	cancel context.CancelFunc
}

// prefix starts to read the first n bytes of a member whose CRC-32 is unknown. It returns nil for other members.
func (s *sumsReader) prefix(m *member, n int64) *prefixCRC {
	if _, ok := s.known(m); ok {
		return nil
	}
	p := &prefixCRC{done: make(chan struct{})}
	ctx, cancel := context.WithCancel(s.ctx)
	p.cancel, s.pending = cancel, p
	go flight.Conclude(func() (err error) {
		p.sum, err = m.crcOf(ctx, n)
		return err
	}, func(err error) {
		p.err = err
		close(p.done)
	})
	return p
}

// complete verifies the CRC-32 of content that was read, or keeps it.
func (s *sumsReader) complete(c *content) error {
	m, sum := c.m, c.crc
	switch {
	case c.off+c.n != m.info.Size:
		return nil
	case c.before != nil:
		<-c.before.done
		if c.before.err != nil {
			return c.before.err
		}
		sum = crc.IEEE.Combine(c.before.sum, sum, c.n)
	case c.off > 0:
		return nil
	}
	if m.known && m.crc != sum {
		return wrapper.ErrChecksum
	}
	if m.framed {
		s.layout.sums.set(m, sum)
	}
	return nil
}

// close ends the read in flight, and stores new values.
func (s *sumsReader) close() {
	if s.pending != nil {
		s.pending.cancel()
		<-s.pending.done
		s.pending = nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), saveLimit)
	defer cancel()
	s.layout.sums.save(ctx)
}
