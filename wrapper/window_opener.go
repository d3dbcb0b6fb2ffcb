package wrapper

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/go-downloadview/downloadview/internal/localfile"
)

// pinnedOpener is a remote source, which can request a window of one version only.
type pinnedOpener interface {
	openPinned(ctx context.Context, info *Info, off, n int64) (io.ReadCloser, error)
}

// windowOpener opens windows of the version that info describes, or of any version if info is nil. It is the
// resume.Source of a file.
type windowOpener struct {
	file    *File
	info    *Info
	confirm bool // a remote's response must name the version
}

// Open opens a window. A read that resumes needs no further connection of the limiter: its body holds one until it
// is closed.
func (o *windowOpener) Open(ctx context.Context, off, n int64) (rc io.ReadCloser, err error) {
	f, info := o.file, o.info
	source := f.source()
	src, remote := source.(pinnedOpener)
	versions, composed := source.(VersionOpener)
	switch {
	case remote && info != nil:
		rc, err = src.openPinned(ctx, info, off, n)
	case composed && info != nil:
		f.countPortable(ctx)
		rc, err = versions.OpenVersion(ctx, *info, off, n)
	default:
		if info != nil && off == 0 && n == info.Size {
			n = -1 // to the end: only then does content that is longer than its Size show
		}
		f.countPortable(ctx)
		rc, err = source.Open(ctx, off, n)
	}
	if err != nil {
		return nil, err
	}
	if info != nil {
		if err := o.check(rc, remote); err != nil {
			_ = rc.Close()
			return nil, err
		}
	}
	return rc, nil
}

// check returns ErrChanged unless a reader is of the version that info describes.
func (o *windowOpener) check(r io.Reader, remote bool) error {
	var got Info
	switch {
	case !got.setOf(r):
		return nil
	case got.contradicts(o.info) || remote && o.confirm && !got.samePin(o.info):
		return ErrChanged
	case !remote && o.lostTag(&got):
		return errLostTag
	default:
		return nil
	}
}

// errLostTag is the error of content that is described without an entity-tag now, so that nothing shows its version.
var errLostTag = fmt.Errorf("content has lost its entity-tag: %w", ErrChanged)

// lostTag reports whether content of other files had an entity-tag of theirs, and was opened when it had none: one of the files
// was replaced. The application's own tag is not among what a reader reports.
func (o *windowOpener) lostTag(got *Info) bool {
	if o.info.ETag == "" || o.info.ETag == o.file.known.ETag || got.ETag != "" || !got.ModTime.IsZero() && !o.info.ModTime.IsZero() {
		return false
	}
	n, ok := o.file.src.(NetworkSource)
	return ok && !n.Network()
}

func (o *windowOpener) Spare() (release func(), ok bool) {
	release, err := o.file.limiter.spare()
	return release, err == nil
}

func (o *windowOpener) Retryable(err error) (after time.Duration, ok bool) { return retryable(err) }

func (o *windowOpener) Resumed(ctx context.Context) { countResume(ctx) }

// infoOf returns the metadata that a reader reports of its content, or nil.
func infoOf(r io.Reader) *Info {
	info := new(Info)
	if !info.setOf(r) {
		return nil
	}
	return info
}

// setOf sets a zero Info to the metadata that a reader reports of its content, if it does.
func (i *Info) setOf(r io.Reader) bool {
	switch r := r.(type) {
	case interface{ Info() Info }:
		*i = r.Info()
	case *localfile.Reader:
		i.setLocal(r.FileInfo())
	default:
		return false
	}
	return true
}

// describedBody is a body with the metadata of its content. A body of Open has none: a source that replaces the metadata of
// another file may return it.
type describedBody struct {
	io.ReadCloser
	info Info
}

func (b *describedBody) Info() Info { return b.info }
