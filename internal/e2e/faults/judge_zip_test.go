package faults_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
	"github.com/go-downloadview/downloadview/wrapper/archive"
)

// zipOf is an archive of all objects of a trial.
func zipOf(t *trial, s *step) *wrapper.File {
	var entries []archive.Member
	for i, o := range t.objects {
		f := t.base(o)
		if s.typed {
			f = f.WithInfo(wrapper.Info{Size: int64(len(t.first(o).body))})
		}
		entries = append(entries, archive.Member{Name: fmt.Sprint(i), File: f, Deflate: s.http2})
	}
	return archive.Zip("all.zip", entries...)
}

// judgeZip accepts a complete archive of which each entry is one version, and a part of the stated length.
func judgeZip(s *step, from int, g *got) verdict {
	switch {
	case g.left:
		return verdict{outcome: "left"}
	case g.err != nil:
		return verdict{outcome: "failed"}
	case g.status == http.StatusRequestedRangeNotSatisfiable: // of the archive's length, not of an object's
		return verdict{outcome: "416"}
	case g.status >= 400:
		return judgeError(s, g)
	case g.status == http.StatusPartialContent:
		return judgeZipPart(g)
	case g.status != http.StatusOK:
		return wrong("status", "%d of an archive", g.status)
	case s.method == http.MethodHead:
		return verdict{outcome: "head"}
	}
	r, err := zip.NewReader(bytes.NewReader(g.body), int64(len(g.body)))
	if err != nil {
		return wrong("archive", "%v", err)
	}
	objects := s.obj.trial.objects
	if len(r.File) != len(objects) {
		return wrong("archive", "%d entries of %d", len(r.File), len(objects))
	}
	for i, f := range r.File {
		data, err := readEntry(f)
		if err != nil {
			return wrong("archive", "entry %d: %v", i, err)
		}
		if v := judgeEntry(objects[i], data); v.wrong != "" {
			return v
		}
	}
	return verdict{outcome: "200 exact"}
}

// judgeZipPart accepts a part whose length is that of its Content-Range. The whole archive is not there to compare with.
func judgeZipPart(g *got) verdict {
	if strings.HasPrefix(g.header.Get("Content-Type"), "multipart/") {
		return verdict{outcome: "206 parts"}
	}
	var first, last, size int
	_, err := fmt.Sscanf(g.header.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &size)
	if err != nil || len(g.body) != last-first+1 {
		return wrong("range", "%d bytes of %q", len(g.body), g.header.Get("Content-Range"))
	}
	return verdict{outcome: "206 part"}
}

func readEntry(f *zip.File) ([]byte, error) {
	rc, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	return io.ReadAll(rc)
}

func judgeEntry(o *object, data []byte) verdict {
	all := o.versions(0)
	switch {
	case slices.ContainsFunc(all, func(v *version) bool { return bytes.Equal(v.body, data) }), o.wasOdd(data), o.replaced(), o.resized(),
		string(data) == secondResponse:
		return verdict{}
	case slices.ContainsFunc(all, func(v *version) bool { return bytes.Equal(v.gzip(), data) }):
		return wrong("coded", "%s: an entry of %d bytes is content under gzip", o.path, len(data))
	}
	return wrong("bytes", "%s: an entry of %d bytes is no version: %.40q", o.path, len(data), data)
}
