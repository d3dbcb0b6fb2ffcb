package wrapper

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// WithVersion returns the file as one version of its content: an Info.Version, or an entity-tag with its quotes. A version
// is requested from a storage that has versions. Every use of the file fails with fs.ErrNotExist if the storage returns
// another version. "" accepts any version.
func (f *File) WithVersion(version string) *File {
	c := f.withKnown(*f.known)
	if f.known.Version == f.pin {
		c.info.Version = ""
	}
	if c.file.pin = version; version != "" && !plan.ValidETag(version) {
		c.info.Version = version
	}
	return &c.file
}

// AsOf returns the file as the version that was current at a time, for one request or more: the storage lists the object's
// versions. It fails with fs.ErrNotExist if there was no object at that time, or if the storage has removed the version.
// It fails with errors.ErrUnsupported if the file is no object of a [VersionStore], and with context.DeadlineExceeded after
// ReadOptions.FirstByteTimeout. The version of a time in the past never changes: its responses may be cached for ever.
func (f *File) AsOf(ctx context.Context, at time.Time) (*File, error) {
	o, _ := f.src.(*storeObject)
	var lister VersionStore
	if o != nil {
		lister, _ = o.backend.store.(VersionStore)
	}
	if lister == nil {
		return nil, pathError("list versions", f.name, errors.ErrUnsupported)
	}
	leave, err := f.enter(ctx)
	if err != nil {
		return nil, pathError("list versions", f.name, err)
	}
	defer leave()
	if err := o.bucket.CheckKey(o.key); err != nil {
		return nil, pathError("list versions", f.name, err)
	}
	countRequest(ctx)
	ctx, cancel := withDeadline(ctx, f.firstByteBy())
	defer cancel()
	version, err := lister.VersionAt(ctx, o.key, at)
	if err != nil {
		return nil, pathError("list versions", f.name, err)
	}
	return f.WithVersion(version), nil
}

var errNotPinned = fmt.Errorf("stored content is not the requested version: %w", fs.ErrNotExist)

// isVersion reports whether a response can be for the version that the application named. A 304, a 412 and a 416 need no
// metadata: the version was part of the request.
func (f *File) isVersion(status int, info *Info) bool {
	_, requested := f.src.(*storeObject)
	named := f.pin
	if requested && named == "" && f.known.Size <= 0 {
		named = f.known.Version
	}
	if named == "" || named == info.Version || named == info.ETag {
		return true
	}
	requested = requested && named == f.known.Version
	return status >= http.StatusMultipleChoices && info.Version == "" && (requested || info.ETag == "")
}

// knowsVersion reports whether the version is metadata, which may be stale. A version without a Size, or from WithVersion,
// names the version to read.
func (f *File) knowsVersion() bool { return f.pin == "" && f.known.Size > 0 && f.known.Version != "" }

// current returns the file without the version of metadata that turned out to be stale.
func (f *File) current() *File {
	if !f.knowsVersion() {
		return f
	}
	c := f.withKnown(*f.known)
	c.info.Version = ""
	return &c.file
}

// source returns the source of the file, of one version if the application named one.
func (f *File) source() Source {
	if f.known.Version == "" {
		return f.src
	}
	if o, ok := f.src.(*storeObject); ok {
		return &remote{versionSender{o, f.known.Version}, o.datesFail}
	}
	return f.src
}

// versionSender requests one version of an object.
type versionSender struct {
	sender
	version string
}

func (s versionSender) send(ctx context.Context, method, _ string, h http.Header) (*http.Response, error) {
	resp, err := s.sender.send(ctx, method, s.version, h)
	if method == http.MethodHead { // GET decides what a refused HEAD means
		return resp, err
	}
	if err == nil && noSuchVersion(resp.StatusCode, "") {
		discard(resp)
		err = statusError(resp)
	}
	if err == nil {
		return resp, nil
	}
	e, refused := errors.AsType[*UpstreamError](err)
	_, malformed := errors.AsType[*strconv.NumError](err)
	if malformed || refused && noSuchVersion(e.Status, e.Code) {
		err = fmt.Errorf("%w: %w", errNotPinned, err)
	}
	return nil, err
}

// noSuchVersion reports whether a status is the response to a version that does not exist, cannot exist, or marks a
// deletion.
func noSuchVersion(status int, code string) bool {
	switch status {
	case http.StatusNotFound, http.StatusGone, http.StatusMethodNotAllowed:
		return true
	case http.StatusBadRequest:
		return code == "" || code == "InvalidArgument" || code == "InvalidQueryParameterValue"
	default:
		return false
	}
}

func (s versionSender) Stat(ctx context.Context) (Info, error) { return (&remote{sender: s}).Stat(ctx) }
