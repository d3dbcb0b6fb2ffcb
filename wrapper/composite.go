package wrapper

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"time"

	"github.com/go-downloadview/downloadview/internal/crc"
	"github.com/go-downloadview/downloadview/internal/resume"
)

// compositeSuffix follows the algorithm in the name of a composite checksum: the checksum of the checksums of the parts
// of an upload.
const compositeSuffix = "-composite"

// compositeCRCs are the algorithms whose composites are computed without knowledge of the parts, the cheapest first.
var compositeCRCs = []struct {
	algorithm string
	poly      crc.Poly
}{
	{"crc32c" + compositeSuffix, crc.Castagnoli},
	{"crc32" + compositeSuffix, crc.IEEE},
}

// compositeHashes are the algorithms whose composites require the ends of the parts before the first byte.
var compositeHashes = []struct {
	algorithm string
	hash      func() hash.Hash
}{
	{"sha-256" + compositeSuffix, sha256.New},
	{"sha" + compositeSuffix, sha1.New},
	{"sha-512" + compositeSuffix, sha512.New},
	{"md5" + compositeSuffix, md5.New},
}

// partSource is a source whose content may have been uploaded in parts.
type partSource interface {
	// partEnds is PartStore's PartEnds.
	partEnds(ctx context.Context, info *Info, after int, at int64) ([]int64, error)

	// partLayouts remembers layouts, by the returned identity of the version.
	partLayouts(info *Info) (memory *layouts, version string)
}

// compositeVerifier returns the cheapest verifier of a composite checksum, or nil.
func (f *File) compositeVerifier(info *Info) verifier {
	source, ok := f.src.(partSource)
	if !ok || info.Size <= 0 {
		return nil
	}
	for _, c := range compositeCRCs {
		if d := compositeDigest(info, c.algorithm); d != nil {
			return newCompositeCRC(composite{file: f, source: source, info: info, digest: d}, c.poly)
		}
	}
	for _, c := range compositeHashes {
		if d := compositeDigest(info, c.algorithm); d != nil {
			return newCompositeHash(composite{file: f, source: source, info: info, digest: d}, c.hash)
		}
	}
	return nil
}

func compositeDigest(info *Info, algorithm string) *Digest {
	for i := range info.Digests {
		if d := &info.Digests[i]; d.Algorithm == algorithm && d.Parts > 0 && int64(d.Parts) <= info.Size {
			return d
		}
	}
	return nil
}

// composite is the part of a verifier that learns the layout of an upload.
type composite struct {
	file   *File
	source partSource
	info   *Info
	digest *Digest
	layout layout
}

// remember loads the layout of the version.
func (c *composite) remember() {
	memory, version := c.source.partLayouts(c.info)
	c.layout = memory.get(version, c.info.Size, c.digest.Parts)
	if c.digest.Parts == 1 {
		c.layout.add([]int64{c.info.Size})
	}
}

// learn requests the ends of further parts. Its error is a failure after which another attempt may succeed. A storage
// that does not report the layout is no error.
func (c *composite) learn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.file.transfer.StallTimeout)
	defer cancel()
	var ends []int64
	err := resume.Retry(ctx, c.file.transfer.Retries, time.Time{}, retryable, func() (err error) {
		ends, err = c.source.partEnds(ctx, c.info, c.layout.known, c.layout.end(c.layout.known-1))
		return err
	})
	if err != nil {
		if _, again := retryable(err); again || ctx.Err() != nil {
			return err
		}
	}
	if err != nil || !c.layout.add(ends) {
		c.layout.refused = true
	}
	c.keep()
	return nil
}

// maxLayoutRequests limits the requests for one layout. Each reports at least two ends.
const maxLayoutRequests = 16

// learnFirst requests the layout until it is usable. A layout that takes too many requests is refused.
func (c *composite) learnFirst(ctx context.Context) error {
	for range maxLayoutRequests {
		if c.layout.refused || c.layout.usable() {
			return nil
		}
		if err := c.learn(ctx); err != nil {
			return err
		}
	}
	c.refuse()
	return nil
}

// refuse remembers that the layout cannot be learnt.
func (c *composite) refuse() {
	c.layout.refused = true
	c.keep()
}

func (c *composite) keep() {
	memory, version := c.source.partLayouts(c.info)
	memory.put(version, &c.layout)
}

// settle decides on a body that does not match the layout assumed so far. compare reports whether the body matches a
// usable layout, and whether it was computed. A mismatch is ErrChecksum only if the storage confirms the layout: the
// parts of an upload may differ in size. After maxLayoutRequests, equal sizes so far count as a confirmation.
func (c *composite) settle(ctx context.Context, compare func(*layout) (matches, computed bool)) (string, error) {
	for range maxLayoutRequests {
		if c.layout.usable() {
			matches, computed := compare(&c.layout)
			switch {
			case matches:
				return c.digest.Algorithm, nil
			case !computed:
				return "", nil
			case c.layout.complete():
				return "", ErrChecksum
			}
		}
		if c.layout.refused {
			return "", nil
		}
		if err := c.learn(ctx); err != nil {
			return "", err
		}
	}
	if c.layout.usable() {
		return "", ErrChecksum
	}
	c.refuse()
	return "", nil
}
