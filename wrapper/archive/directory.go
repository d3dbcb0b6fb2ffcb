package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// directory is the central directory of one version of an archive.
type directory struct {
	info      wrapper.Info // of the archive
	entries   []entry
	names     []int32      // indexes of entries, by name
	confirmed atomic.Int64 // when the storage last confirmed the version, in Unix nanoseconds
}

// tailSize is how much of the end of an archive is read at first: the longest comment, and a directory of some 2,000 files.
const tailSize = 256 << 10

// readDirectory reads the directory of an archive with one request, or two if the directory is longer than tailSize.
func (r *Reader) readDirectory(ctx context.Context, f *wrapper.File) (*directory, error) {
	tail, info, err := readTail(ctx, f)
	if err != nil {
		return nil, err
	}
	end, err := parseEnd(tail, info.Size)
	if err != nil {
		return nil, err
	}
	if limit := r.maxDirectory(); end.size > limit {
		return nil, fmt.Errorf("directory of %d bytes exceeds MaxDirectory (%d): %w", end.size, limit, wrapper.ErrTooLarge)
	}
	d := &directory{info: info}
	raw := tail
	if missing := info.Size - int64(len(tail)) - end.off; missing > 0 {
		first := make([]byte, missing)
		if err := d.readAt(ctx, f, first, end.off); err != nil {
			return nil, err
		}
		raw = slices.Concat(first, tail)
	} else {
		raw = raw[-missing:]
	}
	if d.entries, err = parseEntries(raw[:end.size], end); err != nil {
		return nil, err
	}
	d.names = byName(d.entries)
	d.confirm()
	return d, nil
}

// readTail reads the end of an archive, and its metadata with it.
func readTail(ctx context.Context, f *wrapper.File) ([]byte, wrapper.Info, error) {
	var none wrapper.Info
	resp, err := f.Fetch(ctx, wrapper.Request{Range: "bytes=-" + strconv.Itoa(tailSize)})
	if err != nil {
		return nil, none, err
	}
	defer resp.Close()
	n := resp.Info.Size
	switch {
	case resp.Info.ContentEncoding != "":
		return nil, none, fmt.Errorf("archive is %w", codedError(resp.Info.ContentEncoding))
	case resp.Info.Sequential || n < 0:
		return nil, none, fmt.Errorf("archive has no ranges: %w", errors.ErrUnsupported)
	case resp.Body == nil:
		return nil, none, fmt.Errorf("%w: the file is empty", ErrFormat)
	case resp.Status == http.StatusPartialContent:
		n = resp.Ranges[0].N
	}
	tail := make([]byte, min(n, tailSize))
	if err := readAll(resp.Body, tail); err != nil {
		return nil, none, err
	}
	info := resp.Info
	if strongTag(info.ETag) && f.Version() == "" {
		info.Version = "" // a request for a version would not detect that the archive was replaced
	}
	return tail, info, nil
}

// readAt fills p from the archive's version.
func (d *directory) readAt(ctx context.Context, f *wrapper.File, p []byte, off int64) error {
	rc, err := d.open(ctx, f, off, int64(len(p)))
	if err != nil {
		return err
	}
	defer rc.Close()
	return readAll(rc, p)
}

// open opens a window of the archive's version, with one request.
func (d *directory) open(ctx context.Context, f *wrapper.File, off, n int64) (io.ReadCloser, error) {
	rc, err := f.OpenVersion(ctx, d.info, off, n)
	if err == nil {
		d.confirm()
	}
	return rc, err
}

func (d *directory) confirm() { d.confirmed.Store(time.Now().UnixNano()) }

// describes reports whether the directory is that of the version with this metadata.
func (d *directory) describes(info *wrapper.Info) bool {
	switch {
	case info.Size != d.info.Size:
		return false
	case info.ETag != "" || d.info.ETag != "":
		return info.ETag == d.info.ETag
	default:
		return info.ModTime.Equal(d.info.ModTime) && !info.ModTime.IsZero()
	}
}

// find returns the file of a name, the last one if several have it: programs that append to an archive replace files so.
func (d *directory) find(name string) (*entry, error) {
	after, _ := slices.BinarySearchFunc(d.names, name, func(i int32, name string) int {
		if d.entries[i].name > name {
			return 1
		}
		return -1
	})
	if after == 0 || strings.HasSuffix(name, "/") {
		return nil, errNoEntry
	}
	if e := &d.entries[d.names[after-1]]; e.name == name {
		return e, nil
	}
	return nil, errNoEntry
}

var errNoEntry = fmt.Errorf("archive has no such file: %w", fs.ErrNotExist)

// cost is about how many bytes of memory the directory takes.
func (d *directory) cost() int64 {
	const each = 100
	n := int64(slotCost)
	for i := range d.entries {
		n += each + int64(len(d.entries[i].name))
	}
	return n
}
