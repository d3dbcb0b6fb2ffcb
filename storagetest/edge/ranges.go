package edge

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
)

// maxRanges is max_ranges of docs/servers/nginx.conf.
const maxRanges = 8

// span is n bytes from off.
type span struct{ off, n int64 }

func (w span) contentRange(size int64) string {
	return fmt.Sprintf("bytes %d-%d/%d", w.off, w.off+w.n-1, size)
}

// send writes the file, or the ranges of it that the request selects.
func (f *file) send(w http.ResponseWriter, r *http.Request, content fs.File, app http.Header) {
	h := w.Header()
	at, ok := content.(io.ReaderAt)
	windows, satisfiable := f.windows(r)
	switch {
	case !ok || satisfiable && len(windows) == 0:
		h.Add("Accept-Ranges", "bytes")
		h.Set("Content-Length", strconv.FormatInt(f.size, 10))
		w.WriteHeader(http.StatusOK)
		if r.Method != http.MethodHead {
			_, _ = io.Copy(w, content)
		}
	case !satisfiable:
		h.Del("ETag")
		h.Del("Last-Modified")
		h.Set("Content-Range", fmt.Sprintf("bytes */%d", f.size))
		writeError(w, http.StatusRequestedRangeNotSatisfiable, app)
	case len(windows) == 1:
		h.Set("Content-Range", windows[0].contentRange(f.size))
		h.Set("Content-Length", strconv.FormatInt(windows[0].n, 10))
		w.WriteHeader(http.StatusPartialContent)
		if r.Method != http.MethodHead {
			_, _ = io.Copy(w, io.NewSectionReader(at, windows[0].off, windows[0].n))
		}
	default:
		f.sendParts(w, r, at, windows)
	}
}

func (f *file) sendParts(w http.ResponseWriter, r *http.Request, at io.ReaderAt, windows []span) {
	const boundary = "00000000000000000042"
	h := w.Header()
	contentType := h.Get("Content-Type")
	h.Set("Content-Type", "multipart/byteranges; boundary="+boundary)
	w.WriteHeader(http.StatusPartialContent)
	if r.Method == http.MethodHead {
		return
	}
	for _, win := range windows {
		fmt.Fprintf(w, "\r\n--%s\r\nContent-Type: %s\r\nContent-Range: %s\r\n\r\n", boundary, contentType, win.contentRange(f.size))
		_, _ = io.Copy(w, io.NewSectionReader(at, win.off, win.n))
	}
	fmt.Fprintf(w, "\r\n--%s--\r\n", boundary)
}

// windows parses Range as nginx does. It returns no window if the response is the whole file, and false if the
// Range is unsatisfiable.
func (f *file) windows(r *http.Request) (windows []span, satisfiable bool) {
	spec, ok := strings.CutPrefix(strings.ToLower(r.Header.Get("Range")), "bytes=")
	if !ok || !f.ifRange(r.Header.Get("If-Range")) {
		return nil, true
	}
	total := int64(0)
	for s := range strings.SplitSeq(spec, ",") {
		win, valid, inside := f.span(strings.Trim(s, " "))
		if !valid {
			return nil, false
		}
		if inside {
			windows = append(windows, win)
			total += win.n
		}
	}
	if len(windows) > maxRanges || total > f.size {
		return nil, true
	}
	return windows, len(windows) > 0
}

// span parses one range. inside is false if the range selects no byte of the file.
func (f *file) span(s string) (w span, valid, inside bool) {
	first, last, ok := strings.Cut(s, "-")
	if !ok {
		return w, false, false
	}
	if first == "" {
		n, err := strconv.ParseUint(last, 10, 63)
		w.n = min(int64(n), f.size)
		w.off = f.size - w.n
		return w, err == nil, w.n > 0
	}
	off, err := strconv.ParseUint(first, 10, 63)
	if err != nil {
		return w, false, false
	}
	end := uint64(f.size)
	if last != "" {
		n, err := strconv.ParseUint(last, 10, 63)
		if err != nil {
			return w, false, false
		}
		end = min(end, n+1)
	}
	if off >= end {
		return w, true, false
	}
	return span{int64(off), int64(end - off)}, true, true
}
