package conformance

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// placeholder matches {{size}}, {{now-60}}, {{lm+1.rfc850}}, {{etag.weak}} and similar.
var placeholder = regexp.MustCompile(`\{\{(size|now|lm|etag)([+-]\d+)?(?:\.([a-z0-9]+))?\}\}`)

// fill replaces the placeholders of a value with values of the plain response.
func fill(value string, f *Fixture, plain *Answer) (filled string, err error) {
	filled = placeholder.ReplaceAllStringFunc(value, func(found string) string {
		m := placeholder.FindStringSubmatch(found)
		text, ferr := substitute(m[1], m[2], m[3], f, plain)
		if ferr != nil {
			err = fmt.Errorf("%s: %w", found, ferr)
		}
		return text
	})
	if err == nil && strings.Contains(filled, "{{") {
		err = fmt.Errorf("unknown placeholder in %q", value)
	}
	return filled, err
}

func substitute(what, offset, form string, f *Fixture, plain *Answer) (string, error) {
	seconds := 0
	if offset != "" {
		var err error
		if seconds, err = strconv.Atoi(offset); err != nil {
			return "", err
		}
	}
	shift := time.Duration(seconds) * time.Second
	switch what {
	case "size":
		return strconv.FormatInt(f.Size, 10), nil
	case "now":
		return date(time.Now().Add(shift), form)
	case "lm":
		t, err := http.ParseTime(plain.get("Last-Modified"))
		if err != nil {
			return "", fmt.Errorf("the plain answer's Last-Modified: %w", err)
		}
		return date(t.Add(shift), form)
	default:
		return tag(plain.get("ETag"), form)
	}
}

// date formats a time in one of the forms that clients use.
func date(t time.Time, form string) (string, error) {
	t = t.UTC()
	imf := t.Format(http.TimeFormat)
	switch form {
	case "":
		return imf, nil
	case "rfc850":
		return t.Format("Monday, 02-Jan-06 15:04:05 GMT"), nil
	case "asctime":
		return t.Format(time.ANSIC), nil
	case "zone":
		return strings.Replace(imf, "GMT", "+0000", 1), nil
	case "lower":
		return strings.ToLower(imf), nil
	case "wrongday":
		return t.AddDate(0, 0, 1).Format("Mon") + imf[3:], nil
	default:
		return "", fmt.Errorf("unknown form %q of a date", form)
	}
}

// tag returns a form of an entity-tag.
func tag(etag, form string) (string, error) {
	opaque := strings.TrimPrefix(etag, "W/")
	if len(opaque) < 2 || opaque[0] != '"' || opaque[len(opaque)-1] != '"' {
		return "", fmt.Errorf("the plain answer's ETag is %q", etag)
	}
	inner := opaque[1 : len(opaque)-1]
	switch form {
	case "":
		return etag, nil
	case "opaque":
		return opaque, nil
	case "weak":
		return "W/" + opaque, nil
	case "bare":
		return inner, nil
	case "extra":
		return `"` + inner + `x"`, nil
	case "trunc":
		if inner == "" {
			return "", fmt.Errorf("the plain answer's ETag is %q", etag)
		}
		return `"` + inner[:len(inner)-1] + `"`, nil
	case "swapcase":
		swapped := strings.Map(func(r rune) rune {
			if unicode.IsUpper(r) {
				return unicode.ToLower(r)
			}
			return unicode.ToUpper(r)
		}, inner)
		if swapped == inner {
			return "", fmt.Errorf("no letter in the tag %s", etag)
		}
		return `"` + swapped + `"`, nil
	default:
		return "", fmt.Errorf("unknown form %q of a tag", form)
	}
}
