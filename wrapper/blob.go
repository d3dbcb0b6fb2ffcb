package wrapper

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"unicode/utf8"

	"gocloud.dev/blob"
)

// Blob returns the object of a bucket under a key. The bucket must stay open for as long as the file is
// used. Its name and the key of its Location are the key; give the Location a store by In.
//
// A request for an object of a provider whose package is imported (wrapper/s3, wrapper/gcs,
// wrapper/azure) costs one trip. Without more knowledge of the bucket than Go CDK offers it costs two,
// one to describe and one to read, which for fileblob and memblob are local.
func Blob(b *blob.Bucket, key string) *File {
	if s := storeOf(b, nil); s != nil {
		return New(key, newStored(s, b, key))
	}
	return New(key, &blobSource{bucket: b, key: key})
}

type blobSource struct {
	bucket *blob.Bucket
	key    string
}

func (s *blobSource) Location() Location { return Location{Key: s.key} }

func (s *blobSource) Stat(ctx context.Context) (Info, error) {
	if err := s.valid(); err != nil {
		return Info{}, err
	}
	a, err := s.bucket.Attributes(ctx, s.key)
	if err != nil {
		return Info{}, err
	}
	info := Info{
		Size:               a.Size,
		ModTime:            a.ModTime,
		ETag:               entityTag(a.ETag),
		ContentType:        a.ContentType,
		ContentEncoding:    a.ContentEncoding,
		ContentLanguage:    a.ContentLanguage,
		ContentDisposition: a.ContentDisposition,
		CacheControl:       a.CacheControl,
	}
	if len(a.MD5) > 0 {
		info.Digests = []Digest{{Algorithm: "md5", Sum: a.MD5}}
	}
	return info, nil
}

func (s *blobSource) Open(ctx context.Context, off, n int64) (io.ReadCloser, error) {
	if err := s.valid(); err != nil {
		return nil, err
	}
	r, err := s.bucket.NewRangeReader(ctx, s.key, off, n, nil)
	if err != nil {
		return nil, err
	}
	if f := osFile(r); f != nil {
		file, err := openRegular(ctx, blobFile{File: f, reader: r}, off, n)
		if err != nil {
			_ = r.Close()
			return nil, err
		}
		return file, nil
	}
	return &blobReader{r: r}, nil
}

// valid refuses what no bucket holds, before a driver is asked.
func (s *blobSource) valid() error { return validKey(s.key) }

func validKey(key string) error {
	if key == "" || !utf8.ValidString(key) {
		return fs.ErrNotExist
	}
	return nil
}

// osFile returns the operating system's file behind a reader of fileblob, or nil.
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

// blobFile is the file behind a reader of fileblob, closed by the reader that owns it.
type blobFile struct {
	*os.File
	reader *blob.Reader
}

func (f blobFile) Close() error { return f.reader.Close() }

// blobReader hides the WriteTo of a blob.Reader, which allocates 1 MiB a download, and its Seek, which
// reopens whatever object is there by then.
type blobReader struct {
	r *blob.Reader
}

func (b *blobReader) Read(p []byte) (int, error) { return b.r.Read(p) }
func (b *blobReader) Close() error               { return b.r.Close() }

func (b *blobReader) Info() Info {
	info := Info{Size: b.r.Size(), ModTime: b.r.ModTime()}
	if info.Size <= 0 {
		info.Size = UnknownSize // a store that sent no Content-Length looks like an empty object
	}
	return info
}

// SignedURL signs by the bucket's driver. What the portable API cannot sign (a name, a type, a policy, a
// version, HEAD) is errors.ErrUnsupported, never left out.
func (s *blobSource) SignedURL(ctx context.Context, o SignOptions) (string, error) {
	if o.overrides() || o.Method != http.MethodGet {
		return "", errors.ErrUnsupported
	}
	return s.bucket.SignedURL(ctx, s.key, &blob.SignedURLOptions{Expiry: o.Expiry, Method: o.Method})
}
