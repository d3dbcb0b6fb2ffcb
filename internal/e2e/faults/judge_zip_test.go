package faults_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/go-downloadview/downloadview/wrapper"
)

// zipOf is an archive of all objects of a trial.
func zipOf(t *trial, s *step) *wrapper.File {
	var entries []wrapper.ZipEntry
	for i, o := range t.objects {
		f := t.base(o)
		if s.typed {
			f = f.WithInfo(wrapper.Info{Size: int64(len(t.first(o).body))})
		}
		entries = append(entries, wrapper.ZipEntry{Name: fmt.Sprint(i), File: f, Deflate: s.http2})
	}
	return wrapper.Zip("all.zip", entries...)
}

// judgeZip accepts a complete archive of which each entry is one version.
func judgeZip(s *step, from int, g *got) verdict {
	switch {
	case g.left:
		return verdict{outcome: "left"}
	case g.err != nil:
		return verdict{outcome: "failed"}
	case g.status >= 400:
		return judgeError(s, g)
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
	case slices.ContainsFunc(all, func(v *version) bool { return bytes.Equal(v.body, data) }), o.wasOdd(data):
		return verdict{}
	case slices.ContainsFunc(all, func(v *version) bool { return bytes.Equal(v.gzip(), data) }):
		return wrong("coded", "%s: an entry of %d bytes is content under gzip", o.path, len(data))
	}
	return wrong("bytes", "%s: an entry of %d bytes is no version", o.path, len(data))
}
