package wrapper

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/internal/checksum"
	"github.com/go-downloadview/downloadview/internal/resume"
)

// Open reads n bytes from off, or all bytes from off if n is negative. An n of 0 opens nothing. A read that ends
// early fails with an error other than io.EOF. Every error is a *fs.PathError, except io.EOF. ctx holds for the life
// of the reader.
func (f *File) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	body, err := f.openPinned(ctx, nil, off, n)
	if err != nil {
		return nil, pathError("open", f.name, err)
	}
	return body, nil
}

// OpenVersion reads a window like Open, of the version that info describes: a result of Stat, or metadata of the
// application. It fails with ErrChanged if another version is current. Content whose metadata has neither a version nor a
// strong entity-tag is recognised by its length and its modification time. The reader has a method Info() Info with the
// metadata of the storage's response. Its Size is UnknownSize if there is none.
func (f *File) OpenVersion(ctx context.Context, info Info, off, n int64) (io.ReadCloser, error) {
	err := f.datePinned(ctx, &info)
	if err != nil {
		return nil, pathError("open", f.name, err)
	}
	body, err := f.openWindow(ctx, windowOpener{file: f, info: &info, confirm: info.pins()}, off, n)
	if err != nil {
		return nil, pathError("open", f.name, err)
	}
	return &describedBody{body, body.sent()}, nil
}

// undated reports whether metadata lacks what the content that is opened is compared with. The portable API returns no
// entity-tag with the content, only a date.
func (f *File) undated(info *Info) bool {
	_, ok := f.src.(*blobSource)
	return ok && info.ETag != "" && info.ModTime.IsZero()
}

// datePinned adds the modification time to metadata that lacks it.
func (f *File) datePinned(ctx context.Context, info *Info) error {
	if !f.undated(info) {
		return nil
	}
	got, err := f.stat(ctx)
	if err == nil && got.contradicts(info) {
		err = ErrChanged
	}
	info.ModTime = got.ModTime
	return err
}

// openPinned opens a window of the version that info describes, or fails with ErrChanged. A nil info accepts any
// version.
func (f *File) openPinned(ctx context.Context, info *Info, off, n int64) (*body, error) {
	return f.openWindow(ctx, windowOpener{file: f, info: info}, off, n)
}

// openWindow opens n bytes from off, or all bytes from there if n is negative. A body of a remote resumes.
func (f *File) openWindow(ctx context.Context, opener windowOpener, off, n int64) (*body, error) {
	if n == 0 {
		return &body{name: f.name, rc: http.NoBody}, nil
	}
	conn, err := f.connect(ctx, false, func(ctx context.Context) (io.ReadCloser, error) { return opener.Open(ctx, off, n) })
	if err != nil {
		return nil, err
	}
	if _, remote := f.src.(pinnedOpener); !remote {
		b := f.bodyOf(conn, n)
		if r, ok := conn.Body.(*blobReader); ok && !f.inMemory() {
			b.rc = &portableBody{r, conn.Conn, f.readOptions.StallTimeout}
		}
		return b, nil
	}
	read := &remoteRead{}
	pin := read.pinOf(conn.Body, opener.info)
	b := read.start(ctx, f, conn, pin, off, n)
	if pin == nil {
		return b, nil
	}
	b.response = &read.info
	if off == 0 && (n < 0 || n == pin.Size) {
		b.verifier, b.ctx = f.verifier(pin, &read.crc), ctx
	}
	if f.described && !f.isVersion(http.StatusOK, pin) {
		_ = b.Close()
		return nil, errNotPinned
	}
	return b, nil
}

// bodyOf returns the body of n bytes of a connection that is neither resumed nor read ahead.
func (f *File) bodyOf(conn connection, n int64) *body {
	release := func() { conn.Cancel(); conn.release() }
	return &body{name: f.name, rc: conn.Body, left: n, release: release, leave: conn.leave}
}

// remoteRead is a body of a remote together with its reader, in one allocation.
type remoteRead struct {
	to     body
	from   resume.Reader
	opener windowOpener
	info   Info         // of the first response
	crc    checksum.CRC // the verifier, if that is one
}

// pinOf returns the version that a read is pinned to: the one that the first response names, also if other metadata was
// known. It is nil for a response without content.
func (r *remoteRead) pinOf(first io.Reader, known *Info) *Info {
	got := infoOf(first)
	if got == nil {
		return nil
	}
	r.info = *got
	if known != nil {
		if got.Size < 0 {
			got.Size = known.Size
		}
		if got.Digests == nil {
			got.Digests = known.Digests
		}
	}
	return got
}

// start makes the body read from the first connection. It is resumed, and read ahead, if the version can be pinned.
func (r *remoteRead) start(ctx context.Context, f *File, first connection, info *Info, off, n int64) *body {
	end := int64(-1)
	switch {
	case n >= 0:
		end = off + n
	case info != nil && info.Size >= 0:
		end = info.Size
	}
	var source resume.Source
	if _, ok := f.src.(pinnedOpener); ok && info != nil && !info.Sequential && info.pins() {
		r.opener = windowOpener{file: f, info: info, confirm: true}
		source = &r.opener
	}
	o := f.readOptions
	r.from.Start(ctx, first.Conn, off, end, source, resume.Options{
		Resumes: o.Resumes, StallTimeout: o.StallTimeout, ReadAhead: o.ReadAhead, PartSize: o.PartSize,
	})
	r.to = body{name: f.name, rc: &r.from, left: n, release: first.release, leave: first.leave}
	_, r.to.transparent = f.src.(*storeObject)
	return &r.to
}

// pins reports whether a later request can be restricted to the version that i, the metadata of a response, describes.
func (i *Info) pins() bool { return i.Version != "" || strings.HasPrefix(i.ETag, `"`) }
