package conformance

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
)

// judge returns the differences between the body of a response and this content.
func (b *Content) judge(c *Case, a, plain *Answer) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	var file []byte
	if c.Resource != nil {
		file = c.Resource.Bytes()
	}
	if b.MaxLength > 0 && int64(len(a.Body)) > b.MaxLength {
		say("content of %d bytes, more than %d", len(a.Body), b.MaxLength)
	}
	if b.NotContains != "" && bytes.Contains(a.Body, []byte(b.NotContains)) {
		say("content has %q", b.NotContains)
	}
	switch {
	case b.Any:
	case b.Literal != nil:
		if string(a.Body) != *b.Literal {
			say("content is %q", short(string(a.Body)))
		}
	case b.Full:
		if !bytes.Equal(a.Body, file) {
			say("content of %d bytes is not the file of %d", len(a.Body), len(file))
		}
	case b.FullDecoded:
		plainText, err := decoded(a)
		if err != nil || !bytes.Equal(plainText, file) {
			say("content is not the file once decoded (%v)", err)
		}
	case b.NotFull:
		if contains(a.Body, file) {
			say("the file is in the content")
		}
	case b.Empty:
		if len(a.Body) > 0 {
			say("content of %d bytes", len(a.Body))
		}
	case len(b.Slice) == 2:
		if !bytes.Equal(a.Body, file[b.Slice[0]:b.Slice[1]+1]) {
			say("content of %d bytes is not what lies at %d-%d", len(a.Body), b.Slice[0], b.Slice[1])
		}
	case len(b.Ranges) > 0 || b.Consistent:
		wrong = append(wrong, b.judgeParts(c.Resource, a, plain)...)
	}
	return wrong
}

func decoded(a *Answer) ([]byte, error) {
	switch coding := strings.ToLower(a.get("Content-Encoding")); coding {
	case "":
		return a.Body, nil
	case "gzip":
		r, err := gzip.NewReader(bytes.NewReader(a.Body))
		if err != nil {
			return nil, err
		}
		return readAll(r, maxBody)
	default:
		return nil, fmt.Errorf("coding %q was not requested", coding)
	}
}

// judgeParts checks the parts of a 206, coalesced or not.
func (b *Content) judgeParts(f *Fixture, a, plain *Answer) []string {
	parts, err := partsOf(a, plain)
	if err != nil {
		return []string{err.Error()}
	}
	if b.Multipart && boundary(a) == "" {
		return []string{"no multipart"}
	}
	if b.MaxParts > 0 && len(parts) > b.MaxParts {
		return []string{fmt.Sprintf("%d parts", len(parts))}
	}
	for _, p := range parts {
		if wrong := p.wrong(f); wrong != nil {
			return wrong
		}
	}
	if b.Consistent {
		return nil
	}
	return b.judgeCover(parts, f.Size)
}

// joinGap is the largest gap between coalesced ranges, in bytes.
const joinGap = 256

// judgeCover compares the parts with the requested ranges. Overlapping and near ranges may be coalesced. No byte
// may be sent more often than requested.
func (b *Content) judgeCover(parts []part, size int64) []string {
	asked, sent := make([]int, size), make([]int, size)
	for _, r := range b.Ranges {
		for i := r[0]; i <= r[1]; i++ {
			asked[i]++
		}
	}
	for _, p := range parts {
		if asked[p.first] == 0 || asked[p.last] == 0 {
			return []string{fmt.Sprintf("the part %d-%d begins or ends with what was not requested", p.first, p.last)}
		}
		for i := p.first; i <= p.last; i++ {
			sent[i]++
		}
	}
	gap := 0
	for i := range sent {
		switch {
		case sent[i] > max(asked[i], 1):
			return []string{fmt.Sprintf("byte %d is sent %d times and was asked for %d times", i, sent[i], asked[i])}
		case asked[i] > 0 && sent[i] == 0:
			return []string{fmt.Sprintf("byte %d is missing", i)}
		case asked[i] == 0 && sent[i] > 0:
			gap++
		default:
			gap = 0
		}
		if gap > joinGap {
			return []string{fmt.Sprintf("more than %d bytes before %d that nobody asked for", joinGap, i)}
		}
	}
	if b.Order == "requested" && !b.inOrder(parts) {
		return []string{"parts in another order than asked for"}
	}
	return nil
}

// inOrder reports whether the parts are in the order of the first range of each.
func (b *Content) inOrder(parts []part) bool {
	before := -1
	for _, p := range parts {
		for i, r := range b.Ranges {
			if p.first <= r[0] && r[1] <= p.last {
				if i < before {
					return false
				}
				before = i
				break
			}
		}
	}
	return true
}
