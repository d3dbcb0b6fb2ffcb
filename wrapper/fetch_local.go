package wrapper

import (
	"context"
	"io/fs"
	"net/http"

	"github.com/go-downloadview/downloadview/internal/localfile"
)

// localOpener is a source of local files that opens a file and describes it in info with one lookup of its name.
type localOpener interface {
	openLocal(ctx context.Context, info *Info) (fs.File, fs.FileInfo, error)
}

// opensLocally reports whether a request is answered by fetchLocal. A precondition or a HEAD most often needs no open file.
// Metadata from WithInfo, a version or a cache is compared with what is opened, which the general way does.
func (f *File) opensLocally(req *Request) (localOpener, bool) {
	if f.described || f.cache != nil || f.limiter != nil || *req != (Request{Range: req.Range}) {
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
func (f *File) fetchLocal(ctx context.Context, src localOpener, req *Request) (resp *Response, err error) {
	leave, err := f.enter(ctx)
	if err != nil {
		return nil, err
	}
	var file fs.File
	defer func() {
		if resp == nil || resp.Body == nil { // also after a panic
			if file != nil {
				_ = file.Close()
			}
			leave()
		}
	}()
	read := new(localRead)
	answer, to := &read.response, &read.to
	file, fi, err := src.openLocal(ctx, &answer.Info)
	if err != nil {
		return nil, err
	}
	answer.file, answer.ctx = f, ctx
	want := Range{0, answer.Info.Size}
	if req.Range == "" {
		answer.Status = http.StatusOK
	} else {
		want = decideParts(req, answer)
	}
	if want.N == 0 {
		return answer, nil
	}
	if err := read.from.Start(ctx, file, file, fi, want.Off, want.N); err != nil {
		return nil, err
	}
	to.name, to.rc, to.left, to.leave = f.name, &read.from, want.N, leave
	answer.Body = to
	return answer, nil
}
