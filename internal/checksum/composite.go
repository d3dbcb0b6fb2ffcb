package checksum

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"hash"

	"github.com/go-downloadview/downloadview/internal/crc"
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

// Upload is an object that may have been uploaded in parts.
type Upload struct {
	Size    int64    // negative if it is unknown before the end of the body
	Layouts *Layouts // of the bucket; nil remembers nothing
	Version string   // identifies the version of the object in Layouts

	// Ends makes one request for the offsets at which consecutive parts end. The first of them is the part that follows
	// the first `after` parts, which end at offset at. It returns no offsets if another request may report some. ok is
	// false if the storage does not report the layout. An error is a failure after which another attempt may succeed.
	Ends func(ctx context.Context, after int, at int64) (ends []int64, ok bool, err error)
}

// Composite returns the cheapest verifier of a composite checksum, or nil.
func Composite[D digestLike](digests []D, u *Upload) Verifier {
	for _, c := range compositeCRCs {
		if d, ok := compositeDigest(digests, c.algorithm); ok {
			return newCompositeCRC(composite{upload: u, digest: d}, c.poly)
		}
	}
	for _, c := range compositeHashes {
		if d, ok := compositeDigest(digests, c.algorithm); ok {
			return newCompositeHash(composite{upload: u, digest: d}, c.hash)
		}
	}
	return nil
}

// compositeDigest returns the digest of an algorithm.
func compositeDigest[D digestLike](digests []D, algorithm string) (Digest, bool) {
	for _, d := range digests {
		if d := Digest(d); d.Algorithm == algorithm && d.Parts > 0 {
			return d, true
		}
	}
	return Digest{}, false
}

// composite is the part of a verifier that learns the layout of an upload.
type composite struct {
	upload *Upload
	digest Digest
	layout layout
	read   int64 // bytes of the body
}

// remember loads the layout of the version. It fails for a body of fewer bytes than parts.
func (c *composite) remember() error {
	size := c.upload.Size
	if size < 0 {
		size = unsized
	}
	c.layout = c.upload.Layouts.get(c.upload.Version, size, c.digest.Parts)
	if !c.layout.possible() {
		return ErrMismatch
	}
	if c.digest.Parts == 1 && size != unsized {
		c.layout.add([]int64{size})
	}
	return nil
}

// end adds the end of the body to the layout.
func (c *composite) end() error {
	if !c.layout.setSize(c.read) {
		return ErrMismatch
	}
	return nil
}

// errLayout is the error of part sizes that the object cannot have.
var errLayout = errors.New("storage reports part sizes that do not fit the object")

// layoutAttempts is how often ends are requested that turn out to be impossible.
const layoutAttempts = 3

// learn requests the ends of further parts. It fails if they are impossible, or for a failure after which another attempt
// may succeed: a body whose checksum nothing can verify now must not end like a complete one. A storage that refuses to
// report the layout is no error.
func (c *composite) learn(ctx context.Context) error {
	for range layoutAttempts {
		ends, ok, err := c.upload.Ends(ctx, c.layout.known, c.layout.end(c.layout.known-1))
		if err != nil {
			return err
		}
		next := c.layout.clone()
		if ok && !next.add(ends) {
			continue
		}
		c.layout = next
		c.layout.refused = !ok
		c.keep()
		return nil
	}
	return errLayout
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

func (c *composite) keep() { c.upload.Layouts.put(c.upload.Version, &c.layout) }

// settle decides on a body that does not match the layout assumed so far. compare reports whether the body matches a
// usable layout, and whether it was computed. A mismatch is ErrMismatch only if the storage confirms the layout: the
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
			case c.layout.complete() && !c.layout.refused:
				return "", ErrMismatch
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
		return "", ErrMismatch
	}
	c.refuse()
	return "", nil
}
