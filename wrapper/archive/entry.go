package archive

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Reader reads single files of zip archives in buckets. It remembers the central directories of the archives that were used
// last, so that a file of a known archive costs one storage request. The zero value works. It may be used by many goroutines
// at once, and must not be copied after first use. The permission check for every file is the application's.
type Reader struct {
	// MaxDirectory is the limit of one central directory, in bytes. A file takes about 100. 0 means 16 MiB.
	MaxDirectory int64

	// MaxMemory is the limit of all remembered directories, in bytes. The directory that was used last is remembered in any
	// case. 0 means 64 MiB.
	MaxMemory int64

	// MaxAge is how long a directory is used without a response of the storage that confirms its version. Then one Stat
	// confirms it. Until then, a 304 or a HEAD may be for an archive that was replaced; a body never is. 0 means a minute.
	MaxAge time.Duration

	// MaxSize is the limit of the length of a deflated file, in bytes. 0 means 1 GiB, a negative number no limit.
	MaxSize int64

	// MaxRatio is the limit of the expansion of a deflated file that is longer than 1 MiB. 0 means 200, a negative number no
	// limit.
	MaxRatio int64

	memory memory
}

func (r *Reader) maxDirectory() int64   { return cmp.Or(r.MaxDirectory, 16<<20) }
func (r *Reader) maxMemory() int64      { return cmp.Or(r.MaxMemory, 64<<20) }
func (r *Reader) maxAge() time.Duration { return cmp.Or(r.MaxAge, time.Minute) }

// Entry returns one file of a zip archive, with a [Reader] of its own: see [Reader.Entry].
func Entry(archive *wrapper.File, name string) *wrapper.File { return new(Reader).Entry(archive, name) }

// Entry returns one file of a zip archive. The name is compared with the bytes of the names in the archive; if several files
// have it, the last one counts. Entry itself reads nothing.
//
// A read costs one storage request for the end of the archive, where its directory is, and one for the file. A directory above
// 256 KiB costs one more request. The first range that begins more than 1 MiB into a file costs one more, too. A remembered
// directory costs none. All reads are of one version of the archive: if the archive is replaced, its directory is read again.
//
// A stored file has ranges. A deflated file is decoded while it is sent, has a length, and has no ranges. A whole file is
// compared with its CRC-32: a mismatch is [wrapper.ErrChecksum]. The file's ETag is derived from the archive's and is as
// strong. Its ModTime is the archive's, because the times in archives often stay the same when the content changes.
//
// A missing file is fs.ErrNotExist. An encrypted file or an unknown compression method is errors.ErrUnsupported. A file beyond a
// limit is [wrapper.ErrTooLarge], and a damaged archive is [ErrFormat].
func (r *Reader) Entry(archive *wrapper.File, name string) *wrapper.File {
	return wrapper.New(name, &entrySource{reader: r, archive: archive, name: name}).
		WithReadOptions(wrapper.ReadOptions{Retries: -1}) // the archive's file retries
}

type entrySource struct {
	reader  *Reader
	archive *wrapper.File
	name    string
}

func (s *entrySource) Local() bool { return s.archive.Local() }

// Network implements wrapper.NetworkSource: the archive's file counts its requests.
func (s *entrySource) Network() bool { return false }

func (s *entrySource) Stat(ctx context.Context) (wrapper.Info, error) {
	d, e, err := s.find(ctx)
	if err != nil {
		return wrapper.Info{}, err
	}
	return d.infoOf(e), nil
}

func (s *entrySource) find(ctx context.Context) (*directory, *entry, error) {
	d, err := s.reader.directory(ctx, s.archive)
	if err != nil {
		return nil, nil, err
	}
	e, err := d.find(s.name)
	if err == nil {
		err = s.reader.accept(e)
	}
	return d, e, err
}

// changeAttempts is how often Open reads the directory again because the archive was replaced.
const changeAttempts = 3

func (s *entrySource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	for range changeAttempts {
		d, e, err := s.find(ctx)
		if err != nil {
			return nil, err
		}
		body, err := s.open(ctx, d, e, off, n)
		if !errors.Is(err, wrapper.ErrChanged) {
			return body, err
		}
		s.reader.forget(s.archive, d)
	}
	return nil, wrapper.ErrChanged
}

// infoOf returns the metadata of a file.
func (d *directory) infoOf(e *entry) wrapper.Info {
	return wrapper.Info{
		Size:       e.size,
		ModTime:    d.info.ModTime,
		ClockAhead: d.info.ClockAhead,
		ETag:       d.tagOf(e),
		Digests:    []wrapper.Digest{crcDigest(e.crc)},
		Sequential: e.method != methodStored,
	}
}

// tagOf returns an entity-tag that changes with the archive's, or "" if the archive has none.
func (d *directory) tagOf(e *entry) string {
	if d.info.ETag == "" {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d %q", d.info.ETag, e.off, e.crc, e.name))
	return quoted(sum[:], strongTag(d.info.ETag))
}

// ratioFree is the length up to which a deflated file may expand without a limit.
const ratioFree = 1 << 20

// accept returns why a file cannot be read, or nil.
func (r *Reader) accept(e *entry) error {
	size, ratio := cmp.Or(r.MaxSize, 1<<30), cmp.Or(r.MaxRatio, 200)
	switch {
	case e.flags&(flagEncrypted|flagStrong|flagMasked) != 0:
		return fmt.Errorf("file is encrypted: %w", errors.ErrUnsupported)
	case e.method == methodStored && e.packed != e.size:
		return fmt.Errorf("%w: stored file has two lengths, %d and %d", ErrFormat, e.packed, e.size)
	case e.method == methodStored:
		return nil
	case e.method != methodDeflate:
		return fmt.Errorf("compression method %d: %w", e.method, errors.ErrUnsupported)
	case size > 0 && e.size > size:
		return fmt.Errorf("deflated file of %d bytes exceeds MaxSize (%d): %w", e.size, size, wrapper.ErrTooLarge)
	case ratio > 0 && e.size > ratioFree && e.size/ratio > e.packed:
		return fmt.Errorf("%d deflated bytes expand to %d, which exceeds MaxRatio (%d): %w", e.packed, e.size, ratio, wrapper.ErrTooLarge)
	default:
		return nil
	}
}
