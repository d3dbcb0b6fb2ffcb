package archive

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"time"
)

const (
	tarBlock   = 512
	tarTrailer = 2 * tarBlock
)

// errNoLength is the error of a member of unknown length.
var errNoLength = fmt.Errorf("member of unknown length in a tar archive: %w", errors.ErrUnsupported)

// tarFormat is the pax format of tar archives.
type tarFormat struct{}

func (tarFormat) name() string      { return "tar" }
func (tarFormat) mediaType() string { return "application/x-tar" }

func (f tarFormat) measure(m *member) error {
	m.deflate = false
	if m.info.Size < 0 {
		return errNoLength
	}
	m.head, m.body = tarBlock, m.info.Size
	if !m.fitsUSTAR() {
		h, err := tarHeader(m)
		if err != nil {
			return err
		}
		m.head = int64(len(h))
	}
	m.foot = -m.body & (tarBlock - 1)
	return nil
}

// tarHeader returns the header of a member: of 512 bytes, preceded by a pax header where a field does not fit.
func tarHeader(m *member) ([]byte, error) {
	modified := m.info.ModTime
	if modified.Before(time.Unix(0, 0)) {
		modified = time.Unix(0, 0)
	}
	h := &tar.Header{
		Typeflag: tar.TypeReg,
		Name:     m.name,
		Size:     m.info.Size,
		Mode:     0o644,
		ModTime:  modified.Truncate(time.Second), // a fraction would need a pax header
	}
	if !m.fitsUSTAR() {
		h.Format = tar.FormatPAX
	}
	var b bytes.Buffer
	err := tar.NewWriter(&b).WriteHeader(h)
	return b.Bytes(), err
}

// fitsUSTAR reports whether all fields fit into the header of 512 bytes.
func (m *member) fitsUSTAR() bool {
	return isASCII(m.name) && len(m.name) <= 100 && m.info.Size < 1<<33 && m.info.ModTime.Unix() < 1<<33
}

func (tarFormat) header(m *member) []byte {
	h, _ := tarHeader(m) // measure returned the error
	return h
}

func (tarFormat) footer(m *member, _ uint32) []byte { return make([]byte, m.foot) }

func (tarFormat) close(*layout) int64 { return tarTrailer }

func (tarFormat) batch(l *layout, _, _ int64) (from, to int) { return len(l.members), len(l.members) }

func (tarFormat) records(*layout, int, int, func(*member) uint32) (part []byte, off int64) {
	return make([]byte, tarTrailer), 0
}
