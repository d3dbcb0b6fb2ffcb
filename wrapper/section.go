package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// Section returns n bytes of a file from off as a file, or all bytes from off if n is negative. A file that ends before the
// section does is ErrLength. The section has the modification time of the file. Its entity-tag is derived from the file's and
// from the window, and is as strong. Its media type is that of its name.
//
// A request without preconditions costs what a range of the file costs, one storage request. Other requests cost one for the
// metadata, unless WithInfo gave it to the file, and one for content. Content that is stored under a content coding is
// errors.ErrUnsupported.
func Section(name string, f *File, off, n int64) *File {
	if off < 0 || off > maxSection || n > maxSection {
		return Invalid(name, fmt.Errorf("section of %d bytes from offset %d: %w", n, off, fs.ErrInvalid))
	}
	return New(name, &sectionSource{sectionWindow{file: f, off: off, n: n}, name}).withoutRetries()
}

// maxSection is the largest offset and length in bytes. The sum of two is an int64.
const maxSection = 1 << 61

// sectionWindow is the part of a section that has no Fetch.
type sectionWindow struct {
	file   *File
	off, n int64
}

type sectionSource struct {
	sectionWindow
	name string
}

func (s *sectionWindow) Local() bool { return s.file.Local() }

// Network reports that the requests are counted by the file.
func (s *sectionWindow) Network() bool { return false }

func (s *sectionWindow) Stat(ctx context.Context) (Info, error) {
	info, err := s.file.statVersion(ctx)
	if err != nil {
		return Info{}, err
	}
	return s.describe(&info)
}

// describe returns the metadata of the section of a file.
func (s *sectionWindow) describe(info *Info) (Info, error) {
	if info.ContentEncoding != "" {
		return Info{}, errCoded(info)
	}
	size := s.n
	if info.Size >= 0 {
		room := info.Size - s.off
		if room < 0 || size > room {
			return Info{}, fmt.Errorf("section of %d bytes from offset %d of content of %d bytes: %w", s.n, s.off, info.Size, ErrLength)
		}
		if size < 0 {
			size = room
		}
	}
	return Info{
		Size: max(size, UnknownSize), ModTime: info.ModTime, ETag: s.tag(info.ETag), Version: info.Version,
		Sequential: info.Sequential, ClockAhead: info.ClockAhead, file: info.file, altered: info.altered, weakDate: info.weakDate,
	}, nil
}

// errCoded is the error of content whose bytes are those of a content coding.
func errCoded(info *Info) error {
	return fmt.Errorf("stored with Content-Encoding %q: %w", info.ContentEncoding, errors.ErrUnsupported)
}

// tag adds the window to an entity-tag.
func (s *sectionWindow) tag(etag string) string {
	whole, ok := strings.CutSuffix(etag, `"`)
	switch {
	case !ok:
		return ""
	case s.n < 0:
		return fmt.Sprintf(`%s-%d-"`, whole, s.off)
	default:
		return fmt.Sprintf(`%s-%d-%d"`, whole, s.off, s.n)
	}
}

// Open opens a window of the section, with the metadata of the section.
func (s *sectionWindow) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	if s.n >= 0 {
		rest := max(s.n-off, 0)
		if n < 0 || n > rest {
			n = rest
		}
	}
	b, err := s.file.openPinned(ctx, nil, s.off+off, n)
	if err != nil {
		return nil, err
	}
	of := b.response
	if of == nil {
		of = infoOf(b.rc)
	}
	if _, remote := s.file.src.(pinnedOpener); of == nil && remote && n > 0 { // the file ends before the window
		_ = b.Close()
		return nil, ErrChanged
	}
	if of == nil {
		return b, nil
	}
	info, err := s.describe(of)
	if err != nil {
		_ = b.Close()
		return nil, err
	}
	return &describedBody{b, info}, nil
}

// Fetch requests the window of the file, if the request has no precondition.
func (s *sectionSource) Fetch(ctx context.Context, req Request) (*Response, error) {
	want, ok := s.window(&req)
	if !ok {
		return s.plan(ctx, req)
	}
	absolute := plan.Spec{First: s.off + want.Off, Last: -1}
	if want.N >= 0 {
		absolute.Last = absolute.First + want.N - 1
	}
	resp, err := s.file.Fetch(ctx, Request{Range: absolute.String()})
	if err != nil {
		return nil, err
	}
	if resp.Status != http.StatusPartialContent || len(resp.Ranges) != 1 || resp.Ranges[0].Off != absolute.First {
		_ = resp.Close() // the file has no ranges, or ends before the window
		return s.plan(ctx, req)
	}
	info, err := s.describe(&resp.Info)
	if err != nil {
		_ = resp.Close()
		return nil, err
	}
	section := &Response{Status: http.StatusOK, Info: info, Body: resp.Body}
	if _, ranged := plan.Single(req.Range); ranged {
		section.Status, section.Ranges = http.StatusPartialContent, []Range{{want.Off, resp.Ranges[0].N}}
	}
	return section, nil
}

// plan answers a request with the metadata, and then the content.
func (s *sectionSource) plan(ctx context.Context, req Request) (*Response, error) {
	return New(s.name, &s.sectionWindow).withoutRetries().Fetch(ctx, req)
}

// window returns the bytes of the section that a request selects, without metadata. N is negative for all to the end of the
// file.
func (s *sectionSource) window(req *Request) (Range, bool) {
	if req.Head || s.n == 0 || *req != (Request{Range: req.Range}) {
		return Range{}, false
	}
	spec, ranged := plan.Single(req.Range)
	switch {
	case !ranged:
		return Range{0, s.n}, true
	case s.n >= 0:
		w, ok := spec.Window(s.n)
		return Range(w), ok && w.N > 0
	case spec.First < 0 || spec.First > maxSection:
		return Range{}, false
	case spec.Last < 0 || spec.Last > maxSection:
		return Range{spec.First, -1}, true
	default:
		return Range{spec.First, spec.Last - spec.First + 1}, true
	}
}
