package conformance

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// disposition is a parsed Content-Disposition (RFC 6266 section 4.1).
type disposition struct {
	kind   string
	order  []string // of the parameters
	params map[string]string
}

func (d *disposition) has(param string) bool { _, ok := d.params[param]; return ok }

// name returns filename*, else filename (section 4.3).
func (d *disposition) name() string {
	if d.has("filename*") {
		return d.params["filename*"]
	}
	return d.params["filename"]
}

const (
	tokens    = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" // RFC 9110 section 5.6.2
	attrChars = "!#$&+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ%"   // RFC 8187 section 3.2.1
)

func readDisposition(field string) (*disposition, error) {
	d := &disposition{params: map[string]string{}}
	kind, rest := cutToken(field)
	if d.kind = strings.ToLower(kind); kind == "" {
		return nil, errors.New("no type")
	}
	for rest = blank(rest); rest != ""; rest = blank(rest) {
		var ok bool
		if rest, ok = strings.CutPrefix(rest, ";"); !ok {
			return nil, fmt.Errorf("%q after a parameter", short(rest))
		}
		var name, value string
		var err error
		name, rest = cutToken(blank(rest))
		name = strings.ToLower(name)
		if rest, ok = strings.CutPrefix(blank(rest), "="); !ok || name == "" {
			return nil, fmt.Errorf("no parameter at %q", short(rest))
		}
		if value, rest, err = cutValue(name, blank(rest)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if d.has(name) {
			return nil, fmt.Errorf("%s twice", name)
		}
		d.order = append(d.order, name)
		d.params[name] = value
	}
	return d, nil
}

func blank(s string) string { return strings.TrimLeft(s, " \t") }

func cutToken(s string) (token, rest string) {
	i := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune(tokens, r) })
	if i < 0 {
		i = len(s)
	}
	return s[:i], s[i:]
}

// cutValue parses the value of a parameter: a token, a quoted-string, or the extended notation.
func cutValue(name, s string) (value, rest string, err error) {
	switch {
	case strings.HasSuffix(name, "*"):
		value, rest = cutToken(s)
		value, err = extendedValue(value)
		return value, rest, err
	case strings.HasPrefix(s, `"`):
		return quotedString(s[1:])
	default:
		if value, rest = cutToken(s); value == "" {
			err = errors.New("no value")
		}
		return value, rest, err
	}
}

func quotedString(s string) (value, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], nil
		case '\\':
			i++
			if i == len(s) {
				return "", "", errors.New("no end")
			}
			fallthrough
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", errors.New("no end")
}

func extendedValue(s string) (string, error) {
	charset, rest, ok := strings.Cut(s, "'")
	_, chars, ok2 := strings.Cut(rest, "'")
	if !ok || !ok2 || !strings.EqualFold(charset, "UTF-8") {
		return "", errors.New("not in UTF-8")
	}
	if strings.ContainsFunc(chars, func(r rune) bool { return !strings.ContainsRune(attrChars, r) }) {
		return "", errors.New("a character that is no attr-char")
	}
	value, err := url.PathUnescape(chars)
	if err == nil && !utf8.ValidString(value) {
		err = errors.New("not UTF-8")
	}
	return value, err
}
