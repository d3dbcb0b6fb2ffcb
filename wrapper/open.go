package wrapper

import (
	"context"
	"io"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/plan"
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

// openPinned opens a window of the version that info describes, or fails with ErrChanged. A nil info accepts any
// version.
func (f *File) openPinned(ctx context.Context, info *Info, off, n int64) (*body, error) {
	if n == 0 {
		return &body{name: f.name, rc: http.NoBody}, nil
	}
	leave, err := f.enter(ctx)
	if err != nil {
		return nil, err
	}
	opener := windowOpener{f, info}
	var conn resume.Conn
	var release func()
	err = f.attempt(ctx, func() (err error) {
		conn, release, err = opener.connect(ctx, off, n)
		return err
	})
	if err != nil {
		leave()
		return nil, err
	}
	if _, remote := f.src.(pinnedOpener); !remote {
		cancel, release := conn.Cancel, release
		return &body{name: f.name, rc: conn.Body, left: n, release: func() { cancel(); release() }, leave: leave}, nil
	}
	if info == nil {
		info = infoOf(conn.Body)
	}
	read := &remoteRead{first: conn}
	b := read.start(ctx, f, info, off, n)
	b.release, b.leave = release, leave
	if off == 0 && info != nil && (n < 0 || n == info.Size) {
		b.verify(ctx, f.verifier(info))
	}
	return b, nil
}

// remoteRead is a body of a remote together with its reader. One allocation for all of it saves three: a GET of 4 KiB
// from S3 costs 98 allocations, and 101 with each on its own.
type remoteRead struct {
	to     body
	from   resume.Reader
	opener windowOpener
	info   Info // of fetchedBody
	first  resume.Conn
}

// start makes the body read from the first connection. It is resumed, and read ahead, if the version can be pinned.
func (r *remoteRead) start(ctx context.Context, f *File, info *Info, off, n int64) *body {
	end := int64(-1)
	switch {
	case n >= 0:
		end = off + n
	case info != nil && info.Size >= 0:
		end = info.Size
	}
	var source resume.Source
	if _, ok := f.src.(pinnedOpener); ok && info != nil && !info.Sequential && info.pins() {
		r.opener = windowOpener{f, info}
		source = &r.opener
	}
	t := &f.transfer
	r.from.Start(ctx, r.first, off, end, source, resume.Options{
		Resumes: t.Resumes, StallTimeout: t.StallTimeout, ReadAhead: t.ReadAhead, PartSize: t.PartSize,
	})
	r.to = body{name: f.name, rc: &r.from, left: n}
	return &r.to
}

// pins reports whether a later request can be restricted to the version that i describes.
func (i *Info) pins() bool { return i.Version != "" || plan.StrongMatch(i.ETag, i.ETag) }
