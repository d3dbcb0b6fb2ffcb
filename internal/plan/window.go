package plan

import "strconv"

// A Window is N bytes of a file from offset Off.
type Window struct{ Off, N int64 }

// Window returns the bytes that s selects from a file of size bytes, which must be known. It returns false if s is
// unsatisfiable: it begins at or after the end, or is a suffix of no bytes (RFC 9110 section 14.1.2). A window ends
// at the end of the file.
//
// N is greater than 0, with one exception: any other suffix of an empty file is satisfiable and selects no bytes.
// Content-Range cannot represent that, so the response is a 200.
func (s Spec) Window(size int64) (Window, bool) {
	switch {
	case s.First < 0:
		n := min(s.Last, size)
		return Window{Off: size - n, N: n}, s.Last > 0
	case s.First >= size:
		return Window{}, false
	case s.Last < 0 || s.Last >= size:
		return Window{Off: s.First, N: size - s.First}, true
	}
	return Window{Off: s.First, N: s.Last - s.First + 1}, true
}

// String returns the Range field of s alone, such as "bytes=0-4".
func (s Spec) String() string {
	b := append(make([]byte, 0, 48), "bytes="...)
	if s.First >= 0 {
		b = strconv.AppendInt(b, s.First, 10)
	}
	b = append(b, '-')
	if s.Last >= 0 {
		b = strconv.AppendInt(b, s.Last, 10)
	}
	return string(b)
}

// ContentRange returns the Content-Range of w in a file of size bytes, such as "bytes 0-4/10" (RFC 9110 section
// 14.4). A negative size is unknown: "bytes 0-4/*".
func (w Window) ContentRange(size int64) string {
	b := append(make([]byte, 0, 80), "bytes "...)
	b = strconv.AppendInt(b, w.Off, 10)
	b = append(b, '-')
	b = strconv.AppendInt(b, w.Off+w.N-1, 10)
	b = append(b, '/')
	if size < 0 {
		return string(append(b, '*'))
	}
	return string(strconv.AppendInt(b, size, 10))
}

// Unsatisfied returns the Content-Range of a 416 for a file of size bytes, such as "bytes */10" (RFC 9110 section
// 15.5.17).
func Unsatisfied(size int64) string {
	return string(strconv.AppendInt(append(make([]byte, 0, 32), "bytes */"...), size, 10))
}
