package accesslog

import (
	"bufio"
	"errors"
	"io"
	"iter"
)

// MaxLine is the maximum length of a line, in bytes. A longer line is skipped: servers of default limits write none.
const MaxLine = 256 << 10

// Reader reads one log. It must not be used by several goroutines at once.
type Reader struct {
	lines   *bufio.Reader
	parser  parser
	format  Format
	skipped int64
	long    []byte // a line that is longer than the buffer of lines
}

// NewReader returns a reader of a log in a format. It reads text: wrap the files of CloudFront with gzip.NewReader.
func NewReader(r io.Reader, f Format) *Reader {
	return &Reader{lines: bufio.NewReaderSize(r, 16<<10), parser: f.parser(), format: f}
}

// Records yields the downloads of the log in the order of its lines. An error of the underlying io.Reader is yielded last,
// with a zero Record. Records continues where a loop over it ended.
func (r *Reader) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for {
			line, ended, err := r.line()
			if err != nil {
				if err != io.EOF { // an error that wraps io.EOF is that of a connection
					yield(Record{}, err)
				}
				return
			}
			if line == "" {
				continue
			}
			record, verdict := r.parser.parse(line, ended)
			switch verdict {
			case foreign:
				r.skipped++
			case download:
				if !yield(record, nil) {
					return
				}
			case other:
			}
		}
	}
}

// Skipped returns the number of lines that were skipped until now: truncated, overlong, or of another format. Requests
// other than GET and HEAD, comments and empty lines do not count.
func (r *Reader) Skipped() int64 { return r.skipped }

// Format returns the format of the log: with Detect, the detected one, or Detect before the first line of a known format.
func (r *Reader) Format() Format {
	if d, ok := r.parser.(*detector); ok {
		return d.format
	}
	return r.format
}

// line returns the next line without its line break, and "" for an empty or an overlong one. ended reports whether the line
// had a line break. The error is io.EOF, without a line, at the end of the log.
func (r *Reader) line() (line string, ended bool, err error) {
	r.long = r.long[:0]
	size := 0
	for {
		part, err := r.lines.ReadSlice('\n')
		size += len(part)
		if size <= MaxLine+len("\r\n") {
			r.long = append(r.long, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (size == 0 || err != io.EOF) {
			return "", false, err
		}
		break
	}
	b := r.long
	if n := len(b); n == size && n > 0 && b[n-1] == '\n' {
		ended, b = true, b[:n-1]
		if n > 1 && b[n-2] == '\r' {
			b = b[:n-2]
		}
	}
	if size > len(r.long) || len(b) > MaxLine {
		r.skipped++
		return "", true, nil
	}
	return string(b), ended, nil
}
