package wrapper

import (
	"context"
	"time"

	"github.com/go-downloadview/downloadview/internal/checksum"
	"github.com/go-downloadview/downloadview/internal/resume"
)

// ErrChecksum is the error of content that does not have the checksum that the storage holds of it.
var ErrChecksum = checksum.ErrMismatch

// verifier returns the cheapest verifier of content with this metadata, or nil. It may use room, which is unused memory.
func (f *File) verifier(info *Info, room *checksum.CRC) checksum.Verifier {
	if len(info.Digests) == 0 {
		return nil
	}
	if v := checksum.Whole(info.Digests, room); v != nil {
		return v
	}
	source, ok := f.src.(partSource)
	if !ok || !hasComposite(info.Digests) {
		return nil
	}
	return checksum.Composite(info.Digests, f.upload(source, info))
}

// selfVerified is the verifier of a body around another one, which verifies itself.
type selfVerified struct{ inner *body }

func (selfVerified) Write(context.Context, []byte) error { return nil }

func (s selfVerified) Confirm(context.Context) (string, error) { return s.inner.verified, nil }

// partSource is a source whose content may have been uploaded in parts.
type partSource interface {
	// partEnds is PartStore's PartEnds.
	partEnds(ctx context.Context, info *Info, after int, at int64) ([]int64, error)

	// partLayouts remembers layouts, by the returned identity of the version. It is nil for content without an identity.
	partLayouts(info *Info) (memory *checksum.Layouts, version string)
}

func hasComposite(digests []Digest) bool {
	for i := range digests {
		if digests[i].Parts > 0 {
			return true
		}
	}
	return false
}

// upload returns the parts of content that may have been uploaded in parts. Requests for them are retried.
func (f *File) upload(source partSource, info *Info) *checksum.Upload {
	u := &checksum.Upload{Size: info.Size}
	u.Layouts, u.Version = source.partLayouts(info)
	u.Ends = func(ctx context.Context, after int, at int64) (ends []int64, ok bool, err error) {
		ctx, cancel := context.WithTimeout(ctx, f.readOptions.StallTimeout)
		defer cancel()
		err = resume.Retry(ctx, f.readOptions.Retries, time.Time{}, retryable, func() (err error) {
			ends, err = source.partEnds(ctx, info, after, at)
			return err
		})
		if err == nil {
			return ends, true, nil
		}
		if _, again := retryable(err); again || ctx.Err() != nil {
			return nil, false, err
		}
		return nil, false, nil
	}
	return u
}
