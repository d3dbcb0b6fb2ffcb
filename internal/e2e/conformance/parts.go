package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// part is a part of a file with its Content-Range.
type part struct {
	first, last, size int64 // size is negative for "*"
	data              []byte
}

// wrong returns the difference between a part and the file.
func (p *part) wrong(f *Fixture) []string {
	switch {
	case p.first > p.last || p.last >= f.Size:
		return []string{fmt.Sprintf("part %d-%d of a file of %d bytes", p.first, p.last, f.Size)}
	case p.size >= 0 && p.size != f.Size:
		return []string{fmt.Sprintf("part of a file of %d bytes, which has %d", p.size, f.Size)}
	case !bytes.Equal(p.data, f.Bytes()[p.first:p.last+1]):
		return []string{fmt.Sprintf("%d bytes that are not those at %d-%d", len(p.data), p.first, p.last)}
	default:
		return nil
	}
}

func parsePart(contentRange string, data []byte) (part, error) {
	m := satisfiedRange.FindStringSubmatch(contentRange)
	if m == nil {
		return part{}, fmt.Errorf("Content-Range %q of a part", contentRange)
	}
	p := part{size: -1, data: data}
	var err1, err2, err3 error
	p.first, err1 = strconv.ParseInt(m[1], 10, 64)
	p.last, err2 = strconv.ParseInt(m[2], 10, 64)
	if m[3] != "*" {
		p.size, err3 = strconv.ParseInt(m[3], 10, 64)
	}
	return p, errors.Join(err1, err2, err3)
}

// partsOf parses a 206 with one range or a multipart.
func partsOf(a, plain *Answer) ([]part, error) {
	b := boundary(a)
	if b == "" {
		p, err := parsePart(a.get("Content-Range"), a.Body)
		return []part{p}, err
	}
	if len(b) > 70 || strings.Trim(b, " ") != b {
		return nil, fmt.Errorf("boundary %q", b)
	}
	return multipart(a.Body, b, plain)
}

// multipart parses a multipart/byteranges strictly (RFC 2046 section 5.1.1): CRLF line ends, no preamble, no
// epilogue, a closing delimiter, and in each part one Content-Range and the file's Content-Type.
func multipart(body []byte, boundary string, plain *Answer) (parts []part, err error) {
	rest := append([]byte("\r\n"), bytes.TrimPrefix(body, []byte("\r\n"))...)
	delimiter := []byte("\r\n--" + boundary)
	rest, ok := bytes.CutPrefix(rest, delimiter)
	if !ok {
		return nil, errors.New("multipart does not begin with a delimiter")
	}
	for {
		if end := bytes.TrimSuffix(rest, []byte("\r\n")); string(end) == "--" {
			break
		}
		if rest, ok = bytes.CutPrefix(rest, []byte("\r\n")); !ok {
			return nil, fmt.Errorf("delimiter followed by %q", short(string(rest)))
		}
		head, data, ok := bytes.Cut(rest, []byte("\r\n\r\n"))
		if !ok {
			return nil, errors.New("part without an end of its header")
		}
		if data, rest, ok = bytes.Cut(data, delimiter); !ok {
			return nil, errors.New("part without a delimiter after it")
		}
		p, err := readPart(string(head), data, plain)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		return nil, errors.New("multipart without a part")
	}
	return parts, nil
}

func readPart(head string, data []byte, plain *Answer) (part, error) {
	fields := map[string]string{}
	for line := range strings.SplitSeq(head, "\r\n") {
		m := fieldLine.FindStringSubmatch(line)
		if m == nil {
			return part{}, fmt.Errorf("field line %q in a part", short(line))
		}
		name := strings.ToLower(m[1])
		if _, twice := fields[name]; twice {
			return part{}, fmt.Errorf("two fields %s in a part", m[1])
		}
		fields[name] = m[2]
	}
	if plain != nil && fields["content-type"] != plain.get("Content-Type") {
		return part{}, fmt.Errorf("Content-Type %q of a part, %q of the file", fields["content-type"], plain.get("Content-Type"))
	}
	return parsePart(fields["content-range"], data)
}
