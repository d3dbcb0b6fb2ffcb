package faults_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// wanted is one member of a Range field: first-last, first- or -suffix.
type wanted struct{ from, to string }

func (w wanted) String() string { return w.from + "-" + w.to }

// window is n bytes from off.
type window struct{ off, n int64 }

// window returns the bytes that a range selects of a size, 0 for none, or false for an invalid range.
func (w wanted) window(size int64) (window, bool) {
	last, err := strconv.ParseInt(w.to, 10, 64)
	if w.from == "" {
		n := min(last, size)
		return window{size - n, n}, err == nil
	}
	first, err2 := strconv.ParseInt(w.from, 10, 64)
	if w.to == "" {
		last = size - 1
	} else if err != nil || last < first {
		return window{}, false
	}
	if err2 != nil {
		return window{}, false
	}
	return window{first, max(0, min(last, size-1)-first+1)}, true
}

// piece is a part of a representation as a 206 describes it.
type piece struct {
	window
	total int64 // negative for "*"
	kind  string
	data  []byte
}

var errPiece = errors.New("invalid Content-Range")

func newPiece(contentRange, kind string, data []byte) (piece, error) {
	var first, last int64
	p := piece{total: -1, kind: kind, data: data}
	spec, total, ok := strings.Cut(contentRange, "/")
	if n, err := fmt.Sscanf(spec, "bytes %d-%d", &first, &last); !ok || n != 2 || err != nil || last < first {
		return p, fmt.Errorf("%w %q", errPiece, contentRange)
	}
	p.window = window{first, last - first + 1}
	if total != "*" {
		n, err := strconv.ParseInt(total, 10, 64)
		if err != nil || n <= last {
			return p, fmt.Errorf("%w %q", errPiece, contentRange)
		}
		p.total = n
	}
	if p.n != int64(len(data)) {
		return p, fmt.Errorf("%d bytes of %q", len(data), contentRange)
	}
	return p, nil
}

// pieces parses the body of a 206.
func pieces(h http.Header, body []byte) ([]piece, error) {
	kind, params, _ := mime.ParseMediaType(h.Get("Content-Type"))
	if kind != "multipart/byteranges" {
		p, err := newPiece(h.Get("Content-Range"), h.Get("Content-Type"), body)
		return []piece{p}, err
	}
	if h.Get("Content-Range") != "" {
		return nil, errors.New("Content-Range beside multipart/byteranges")
	}
	var all []piece
	r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		p, err := newPiece(part.Header.Get("Content-Range"), part.Header.Get("Content-Type"), data)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	if len(all) == 0 || !bytes.HasSuffix(bytes.TrimRight(body, "\r\n"), []byte("--"+params["boundary"]+"--")) {
		return nil, errors.New("multipart without an end")
	}
	return all, nil
}

// covers reports whether pieces are those that a client requested of a size, coalesced or not.
func covers(all []piece, ranges []wanted, size int64) bool {
	satisfied := 0
	for _, r := range ranges {
		w, ok := r.window(size)
		if !ok {
			return false
		}
		if w.n == 0 {
			continue
		}
		satisfied++
		within := func(p piece) bool { return p.off <= w.off && w.off+w.n <= p.off+p.n }
		if !slices.ContainsFunc(all, within) {
			return false
		}
	}
	if len(ranges) == 1 {
		w, _ := ranges[0].window(size)
		return len(all) == 1 && all[0].window == w
	}
	return satisfied > 0
}
