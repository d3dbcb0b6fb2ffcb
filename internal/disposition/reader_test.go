package disposition_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// field is a Content-Disposition value as a strict parser reads it.
type field struct {
	kind     string
	plain    string
	extended string
	params   []string
}

// name returns filename*, else filename (RFC 6266 section 4.3).
func (f field) name() string {
	if f.extended != "" {
		return f.extended
	}
	return f.plain
}

// read parses a value with the grammar of RFC 6266 section 4.1. It shares no code with the package under test or
// with package mime. It rejects quoted-pairs, because not every parser supports them.
func read(value string) (f field, err error) {
	kind, rest, more := strings.Cut(value, "; ")
	f.kind = kind
	if kind != "attachment" && kind != "inline" {
		return f, fmt.Errorf("type %q", kind)
	}
	for more {
		key, tail, ok := strings.Cut(rest, "=")
		if !ok {
			return f, fmt.Errorf("no value at %q", rest)
		}
		f.params = append(f.params, key)
		switch key {
		case "filename":
			f.plain, rest, err = quoted(tail)
		case "filename*":
			f.extended, rest, err = extended(tail)
		default:
			err = fmt.Errorf("parameter %q", key)
		}
		if err != nil {
			return f, err
		}
		if more = rest != ""; more {
			if rest, ok = strings.CutPrefix(rest, "; "); !ok {
				return f, fmt.Errorf("%q after a parameter", rest)
			}
		}
	}
	return f, nil
}

func quoted(s string) (text, rest string, err error) {
	s, ok := strings.CutPrefix(s, `"`)
	if !ok {
		return "", "", errors.New("no quoted-string")
	}
	text, rest, ok = strings.Cut(s, `"`)
	if !ok {
		return "", "", errors.New("quoted-string without an end")
	}
	for _, r := range text {
		if r < ' ' || r > '~' || r == '\\' {
			return "", "", fmt.Errorf("%q in a quoted-string", r)
		}
	}
	return text, rest, nil
}

func extended(s string) (text, rest string, err error) {
	s, ok := strings.CutPrefix(s, "UTF-8''")
	if !ok {
		return "", "", errors.New("no charset and language")
	}
	const attrChars = "!#$&+-.^_`|~%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	if i := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune(attrChars, r) }); i >= 0 {
		s, rest = s[:i], s[i:]
	}
	text, err = url.PathUnescape(s)
	if err == nil && !utf8.ValidString(text) {
		err = errors.New("filename* is not UTF-8")
	}
	return text, rest, err
}
