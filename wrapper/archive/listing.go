package archive

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// EntryInfo describes a file of an archive, as the central directory does.
type EntryInfo struct {
	Name       string    // the bytes in the archive: it may be absolute, have ".." segments, or be no UTF-8
	Size       int64     // in bytes, unpacked
	PackedSize int64     // in bytes, in the archive
	CRC32      uint32    // of the unpacked content
	Modified   time.Time // in seconds; zero if unknown. Where the archive has no zone, it is UTC.
	Err        error     // why Entry would fail, or nil
}

// List returns the files of an archive in the order of its directory, without those that are directories. It reads the
// directory if it is not remembered. Every error is a *fs.PathError with the archive's name. It may wrap [ErrFormat],
// [wrapper.ErrTooLarge] or errors.ErrUnsupported.
func (r *Reader) List(ctx context.Context, archive *wrapper.File) (iter.Seq[EntryInfo], error) {
	d, err := r.directory(ctx, archive)
	if err != nil {
		return nil, err
	}
	return func(yield func(EntryInfo) bool) {
		for i := range d.entries {
			e := &d.entries[i]
			if strings.HasSuffix(e.name, "/") {
				continue
			}
			info := EntryInfo{Name: e.name, Size: e.size, PackedSize: e.packed, CRC32: e.crc, Err: r.accept(e)}
			if e.unix != 0 {
				info.Modified = time.Unix(e.unix, 0).UTC()
			}
			if !yield(info) {
				return
			}
		}
	}, nil
}
