package faults_test

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// undetectable are wrong responses of a storage that are consistent in themselves. Nothing else excuses a wrong body.
var undetectable = []struct {
	name   string
	reason string
	is     func(s *step, g *got) bool
}{
	{
		"body of another length",
		"a 200 that is complete by its own framing, has no checksum, and whose length nothing else declares, is the representation",
		func(s *step, g *got) bool { return g.status == http.StatusOK && s.obj.wasOdd(g.body) },
	},
	{
		"part of a body of another length",
		"a storage that ignores Range sent such a body, from which the server cannot tell the rest",
		func(s *step, g *got) bool { return g.status == http.StatusPartialContent && s.obj.partOfOdd(g) },
	},
	{
		"flipped bit of a range",
		"checksums of S3 are of the whole object, and nothing verifies a part of it",
		func(s *step, g *got) bool {
			return g.status == http.StatusPartialContent && slices.ContainsFunc(s.obj.faults(0), func(k string) bool { return k == "flip" || k == "torn" })
		},
	},
	{
		"bytes replaced on the portable route",
		"an early end and other bytes of one read can have the length that is declared, and the portable API has no checksum of a read",
		func(s *step, g *got) bool { return g.status < http.StatusMultipleChoices && s.obj.replaced() },
	},
	{
		"one wrong size on the portable route",
		"metadata and read state the same wrong size: the portable API has nothing else to compare",
		func(s *step, _ *got) bool { return s.obj.resized() },
	},
	{
		"response of another request",
		"a remote that sends a second response on its connection answers the next request with it, unless the client sees it before: " +
			"responses of HTTP/1.1 are matched with requests by their order alone",
		func(s *step, g *got) bool {
			length := strconv.Itoa(len(secondResponse))
			switch {
			case s.method == http.MethodHead:
				return g.header.Get("Content-Length") == length
			case g.status == http.StatusRequestedRangeNotSatisfiable:
				return g.header.Get("Content-Range") == "bytes */"+length
			default:
				return g.status == http.StatusOK && string(g.body) == secondResponse
			}
		},
	},
	{
		"part sizes refused",
		"a composite checksum is not computable without the part sizes, and a storage that refuses the request for them (a 4xx, or " +
			"a 412 after an overwrite) is no faulty one",
		func(s *step, g *got) bool { return g.status == http.StatusOK && s.obj.refusedParts() },
	},
}

// happened reports whether a fault of a kind happened to the object.
func (o *object) happened(kind string) bool {
	return slices.ContainsFunc(o.faults(0), func(k string) bool { return strings.HasPrefix(k, kind) })
}

// replaced reports whether a read of a bucket may have had other bytes of the declared length.
func (o *object) replaced() bool {
	return o.happened("mem: early end on read") && (o.happened("mem: extra bytes on read") || o.happened("mem: ignored range on read"))
}

// resized reports whether metadata and a read of a bucket may have had the same wrong size.
func (o *object) resized() bool {
	return o.happened("mem: wrong size on stat") && o.happened("mem: wrong size on read")
}

// excused returns the verdict on a wrong response, unless an undetectable response of the storage is behind it.
func excused(s *step, g *got, v verdict) verdict {
	if name := excuse(s, g); name != "" {
		return verdict{outcome: "undetectable: " + name}
	}
	return v
}

// excuse returns the name of the undetectable response of the storage behind a wrong one, or "".
func excuse(s *step, g *got) string {
	for _, u := range undetectable {
		if u.is(s, g) {
			return u.name
		}
	}
	return ""
}

// partOfOdd reports whether a 206 is a part of a body that is no version.
func (o *object) partOfOdd(g *got) bool {
	parts, err := pieces(g.header, g.body)
	if err != nil {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.ContainsFunc(o.odd, func(b []byte) bool {
		return !slices.ContainsFunc(parts, func(p piece) bool {
			return p.off+p.n > int64(len(b)) || !bytes.Equal(b[p.off:p.off+p.n], p.data)
		})
	})
}

// oddLength reports whether a body that is no version had this length.
func (o *object) oddLength(n int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.ContainsFunc(o.odd, func(b []byte) bool { return int64(len(b)) == n })
}
