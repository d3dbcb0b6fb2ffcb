package wrapper

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/internal/localfile"
	"github.com/go-downloadview/downloadview/internal/mediatype"
	"github.com/go-downloadview/downloadview/internal/resume"
)

// blobSource is an object that is read through Go CDK's portable API.
type blobSource struct {
	bucket *Bucket
	key    string
}

// Local reports whether the driver is fileblob.
func (s *blobSource) Local() bool { return s.bucket.known().local }

// memory reports whether the driver is memblob, whose calls never wait.
func (s *blobSource) memory() bool { return s.bucket.known().memory }

func (s *blobSource) Network() bool { return !s.memory() && !s.Local() }

func (s *blobSource) Stat(ctx context.Context) (Info, error) {
	if err := s.bucket.CheckKey(s.key); err != nil {
		return Info{}, err
	}
	a, err := s.bucket.Attributes(ctx, s.key)
	if err != nil {
		return Info{}, err
	}
	if isFolder(s.key, a) {
		return Info{}, fs.ErrNotExist
	}
	info := Info{
		Size:               a.Size,
		ModTime:            a.ModTime,
		ContentType:        a.ContentType,
		ContentEncoding:    a.ContentEncoding,
		ContentLanguage:    a.ContentLanguage,
		ContentDisposition: a.ContentDisposition,
		CacheControl:       a.CacheControl,
	}
	if s.memory() || !info.setFileblob(a) {
		info.ETag = entityTag(a.ETag)
	}
	if len(a.MD5) > 0 {
		info.Digests = []Digest{{Algorithm: "md5", Sum: a.MD5}}
	}
	return info, nil
}

// setFileblob sets the validators of an object of fileblob. It returns false for any other.
func (i *Info) setFileblob(a *blob.Attributes) bool {
	var fi os.FileInfo
	if !a.As(&fi) {
		return false
	}
	var local Info
	local.setLocal(fi)
	i.ModTime, i.ETag, i.file = local.ModTime, local.ETag, local.file
	return true
}

func (s *blobSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	if err := s.bucket.CheckKey(s.key); err != nil {
		return nil, err
	}
	r, err := s.bucket.NewRangeReader(ctx, s.key, off, n, nil)
	if err != nil {
		return nil, err
	}
	if s.memory() {
		return &blobReader{r: r}, nil
	}
	if f := osFile(r); f != nil {
		file, err := localfile.NewReader(ctx, f, r, off, n)
		if err != nil {
			_ = r.Close()
			return nil, err
		}
		return file, nil
	}
	return &blobReader{r: r}, nil
}

// isFolder reports whether an object only marks a folder, as consoles and hierarchical namespaces create them.
func isFolder(key string, a *blob.Attributes) bool {
	for name, value := range a.Metadata {
		if strings.EqualFold(name, "hdi_isfolder") {
			return strings.EqualFold(value, "true")
		}
	}
	return a.Size == 0 && (strings.HasSuffix(key, "/") || mediatype.IsFolder(a.ContentType))
}

// osFile returns the *os.File that a reader of fileblob reads, or nil.
func osFile(r *blob.Reader) *os.File {
	var in io.Reader
	if !r.As(&in) {
		return nil
	}
	if l, ok := in.(*io.LimitedReader); ok {
		in = l.R
	}
	f, _ := in.(*os.File)
	return f
}

// blobReader hides two methods of a blob.Reader: WriteTo, which allocates 1 MiB a download, and Seek, which reopens the
// key without a precondition and can splice two versions.
type blobReader struct {
	r *blob.Reader
}

func (b *blobReader) Read(p []byte) (int, error) { return b.r.Read(p) }
func (b *blobReader) Close() error               { return b.r.Close() }

func (b *blobReader) Info() Info {
	info := Info{Size: b.r.Size(), ModTime: b.r.ModTime()}
	if info.Size <= 0 {
		info.Size = UnknownSize // a response without Content-Length has Size 0 too
	}
	return info
}

// portableBody is the body of a bucket behind the portable API, which is not resumed. A Read without a byte in time fails.
type portableBody struct {
	*blobReader
	conn         resume.Conn
	stallTimeout time.Duration
}

func (b *portableBody) Read(p []byte) (int, error) { return b.conn.Read(p, b.stallTimeout) }

// SignedURL signs with the bucket's driver. It fails with errors.ErrUnsupported for options that the portable API cannot
// sign: HEAD, a version, and response overrides.
func (s *blobSource) SignedURL(ctx context.Context, o SignOptions) (string, error) {
	if o.overrides() || o.Method != http.MethodGet {
		return "", errors.ErrUnsupported
	}
	return s.bucket.SignedURL(ctx, s.key, &blob.SignedURLOptions{Expiry: o.Expiry, Method: o.Method})
}
