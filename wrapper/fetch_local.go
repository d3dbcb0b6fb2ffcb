package wrapper

import (
	"context"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/localfile"
)

// localOpener is a source of local files that opens a file and describes it in info with one lookup of its name.
type localOpener interface {
	openLocal(ctx context.Context, r *localfile.Reader, info *Info) error
}

// opensLocally reports whether a request is answered by fetchLocal. A precondition or a HEAD most often needs no open file.
// Metadata from WithInfo, a version or a cache is compared with what is opened, which the general way does.
func (f *File) opensLocally(req *Request) (localOpener, bool) {
	if f.described || f.cache != nil || f.limiter != nil || !req.onlyRange() {
		return nil, false
	}
	src, ok := f.src.(localOpener)
	return src, ok
}

// localRead is the response for a local file together with its body and reader, in one allocation.
type localRead struct {
	response Response
	to       body
	from     localfile.Reader
}

// fetchLocal answers a request without preconditions from a file that is opened once. A local file is read without a
// context of its own, a timeout or a resume.
//
// The frames from the handler to os.Root are few and small: HTTP/2 has a new stack for each request, and a larger one is
// made by copies.
func (f *File) fetchLocal(ctx context.Context, src localOpener, req *Request) (*Response, error) {
	leave, err := f.enter(ctx)
	if err != nil {
		return nil, err
	}
	read := new(localRead)
	read.to.leave = leave
	defer read.finish()
	read.response.file, read.response.ctx, read.to.name = f, ctx, f.name
	if err := src.openLocal(ctx, &read.from, &read.response.Info); err != nil {
		return nil, err
	}
	if err := read.start(req); err != nil {
		return nil, err
	}
	return &read.response, nil
}

// finish closes the file, unless the body does.
func (l *localRead) finish() {
	if l.response.Body == nil {
		defer l.to.leave()
		_ = l.from.Close()
	}
}

// start decides a request for the open file, and starts to read the whole or the first range.
func (l *localRead) start(req *Request) error {
	answer := &l.response
	want := Range{0, answer.Info.Size}
	if req.Range == "" {
		answer.Status = http.StatusOK
	} else {
		want = decide(req, answer)
	}
	if want.N == 0 {
		return nil
	}
	if err := l.from.Start(want.Off, want.N); err != nil {
		return err
	}
	l.to.rc, l.to.left = &l.from, want.N
	answer.Body = &l.to
	return nil
}
