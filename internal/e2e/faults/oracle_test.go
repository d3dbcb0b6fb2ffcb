package faults_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
)

// violation is a response that the promise forbids.
type violation struct {
	class  string
	detail string
	faults []string // of the object, up to the response
	style  string
	shape  string
}

// verdict is the decision on a response.
type verdict struct {
	outcome string // as it is counted
	wrong   string // a class of violation, or ""
	detail  string
	version *version // whose bytes were sent
}

func wrong(class, format string, args ...any) verdict {
	return verdict{outcome: "wrong", wrong: class, detail: fmt.Sprintf(format, args...)}
}

// judge decides on a response. from is the number of the version that was current when it was requested.
func judge(s *step, from int, g *got) verdict {
	switch {
	case g.left:
		return verdict{outcome: "left"}
	case g.err != nil:
		return verdict{outcome: "failed"}
	}
	for _, f := range []string{"Etag", "Last-Modified", "Content-Length", "Content-Range", "Content-Type", "Content-Encoding"} {
		if len(g.header[f]) > 1 {
			return wrong("fields", "%d fields %s: %q", len(g.header[f]), f, g.header[f])
		}
	}
	if n := g.header.Get("Content-Length"); n != "" && s.method == http.MethodGet && g.status != http.StatusNotModified && n != strconv.Itoa(len(g.body)) {
		return wrong("length", "Content-Length %s, %d bytes", n, len(g.body))
	}
	switch {
	case g.status == http.StatusNotModified:
		return judge304(s, g)
	case g.status >= 400:
		return judgeError(s, g)
	case g.status != http.StatusOK && g.status != http.StatusPartialContent:
		return wrong("status", "%d", g.status)
	case s.method == http.MethodHead:
		return judgeHead(s, from, g)
	}
	return judgeContent(s, from, g)
}

// candidates are the versions of which a response may be: those that its validators name, else all that were
// current during the request.
func candidates(s *step, from int, g *got) ([]*version, *verdict) {
	o := s.obj
	tag, date := g.header.Get("ETag"), g.header.Get("Last-Modified")
	if tag != "" {
		all := o.tagged(tag)
		if len(all) == 0 {
			v := wrong("validator", "the unknown tag %s", tag)
			return nil, &v
		}
		return all, nil
	}
	if o.style.versioned {
		from = 0 // a version may be requested by its id
	}
	all := o.versions(from)
	if date == "" || o.style.store == "mem" {
		return all, nil
	}
	dated := slices.DeleteFunc(o.versions(0), func(v *version) bool { return v.modTime.Format(http.TimeFormat) != date })
	if len(dated) == 0 {
		v := wrong("validator", "the unknown date %s", date)
		return nil, &v
	}
	return dated, nil
}

func judgeContent(s *step, from int, g *got) verdict {
	all, bad := candidates(s, from, g)
	if bad != nil {
		return *bad
	}
	gzipped := g.header.Get("Content-Encoding") == "gzip"
	var v *version
	if g.status == http.StatusOK {
		body := g.body
		if gzipped {
			body = decompress(g.body)
		}
		for _, c := range all {
			if bytes.Equal(c.body, body) {
				v = c
			}
		}
		if v == nil {
			return judgeOdd(s, g, all, body)
		}
	} else {
		parts, err := pieces(g.header, g.body)
		if err != nil {
			return wrong("range", "%v", err)
		}
		for _, c := range all {
			if consists(c, s.obj, parts, gzipped) {
				v = c
			}
		}
		if v == nil {
			return excused(s, g, wrong("bytes", "%d of %d bytes of no version of %d", g.status, len(g.body), len(all)))
		}
		if !coversAny(parts, s.ranges, v, s.obj, gzipped) {
			return wrong("range", "%s for %s", g.header.Get("Content-Range"), s.header.Get("Range"))
		}
	}
	if bad := judgeCondition(s, g, v); bad != nil {
		return *bad
	}
	return verdict{outcome: fmt.Sprintf("%d exact", g.status), version: v}
}

// judgeOdd decides on a 200 whose bytes are no version.
func judgeOdd(s *step, g *got, all []*version, body []byte) verdict {
	if name := excuse(s, g); name != "" {
		return verdict{outcome: "undetectable: " + name}
	}
	closest, same := -1, -1
	for i, v := range s.obj.versions(0) {
		n := 0
		for n < min(len(body), len(v.body)) && body[n] == v.body[n] {
			n++
		}
		if n > same {
			closest, same = i, n
		}
	}
	return wrong("bytes", "200 of %d bytes, of %d candidates; the first %d are those of version %d of %d; they begin with %q; %s",
		len(body), len(all), same, closest, len(s.obj.versions(0)), body[:min(len(body), 16)], shown(g.header))
}

// consists reports whether all pieces are of a version.
func consists(v *version, o *object, parts []piece, gzipped bool) bool {
	whole := v.body
	if gzipped {
		whole = v.gzip()
	}
	for _, p := range parts {
		size := int64(len(whole))
		if p.total >= 0 && p.total != size && !o.announced(p.total) && !o.oddLength(p.total) || p.off+p.n > size {
			return false
		}
		if !bytes.Equal(whole[p.off:p.off+p.n], p.data) {
			return false
		}
	}
	return true
}

// coversAny allows for a total that the storage announced wrongly.
func coversAny(parts []piece, ranges []wanted, v *version, o *object, gzipped bool) bool {
	sizes := []int64{int64(len(v.body)), parts[0].total}
	if gzipped {
		sizes = append(sizes, int64(len(v.gzip())))
	}
	o.mu.Lock()
	for n := range o.totals {
		sizes = append(sizes, n)
	}
	o.mu.Unlock()
	return slices.ContainsFunc(sizes, func(n int64) bool { return n >= 0 && covers(parts, ranges, n) })
}

func decompress(b []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	all, err := io.ReadAll(r)
	if err != nil {
		return nil
	}
	return all
}
