package conformance

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// checkField applies one check to a field of a response and returns the difference, or "".
func checkField(name, op string, arg any, c *Case, a, plain *Answer) string {
	value, has := a.get(name), a.has(name)
	want, _ := arg.(string)
	if strings.Contains(want, "{{") {
		var err error
		if want, err = fill(want, c.Resource, plain); err != nil {
			return err.Error()
		}
	}
	before, had := "", false
	if plain != nil {
		before, had = plain.get(name), plain.has(name)
	}
	ok := false
	switch op {
	case "any":
		ok = true
	case "absent":
		ok = !has
	case "present":
		ok = has
	case "equals":
		ok = has && value == want
	case "absent_or_equals":
		ok = !has || strings.EqualFold(value, want)
	case "absent_or_not":
		ok = !has || !strings.EqualFold(value, want)
	case "regex":
		ok = has && matches(want, value)
	case "absent_or_regex":
		ok = !has || matches(want, value)
	case "absent_or_not_regex":
		ok = !has || !matches(want, value)
	case "same_as_200":
		want, ok = before, has == had && value == before
	case "same_presence":
		want, ok = before, has == had
	case "absent_or_same":
		want, ok = before, !has || value == before
	case "absent_or_differs_from_200_unless_weak":
		want, ok = "another tag", !has || value != before || strings.HasPrefix(value, "W/")
	case "contains_tokens":
		ok = hasTokens(value, arg)
	case "not_after_date":
		ok = !has || notAfter(value, a.get("Date"))
	case "digest", "absent_or_digest":
		if !has && op == "absent_or_digest" {
			return ""
		}
		return digestWrong(value, want, c.Resource, a)
	case "uri_path_decodes_to":
		path, _, _ := strings.Cut(value, "?")
		decoded, err := url.PathUnescape(path)
		ok = err == nil && decoded == want && printable(value)
	case "path_ends_with_decoded":
		decoded, err := url.PathUnescape(value)
		ok = strings.HasPrefix(value, "/") && (strings.HasSuffix(value, want) || err == nil && strings.HasSuffix(decoded, want))
	case "location_ends_with_decoded":
		u, err := url.Parse(value)
		ok = err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && strings.HasSuffix(u.Path, want) &&
			printable(value) && !strings.ContainsAny(value, " \"<>\\^`{|}")
	default:
		return fmt.Sprintf("unknown check %q", op)
	}
	if ok {
		return ""
	}
	return fmt.Sprintf("%s %q, but it is %q (present: %v)", op, short(want), short(value), has)
}

func matches(pattern, value string) bool { return regexp.MustCompile(pattern).MatchString(value) }

func hasTokens(list string, want any) bool {
	var have []string
	for t := range strings.SplitSeq(list, ",") {
		have = append(have, strings.TrimSpace(t))
	}
	tokens, ok := want.([]any)
	for _, t := range tokens {
		s, isString := t.(string)
		ok = ok && isString && slices.Contains(have, s)
	}
	return ok
}

// notAfter reports whether a date is not later than the Date of the response.
func notAfter(value, dateOfAnswer string) bool {
	t, err := http.ParseTime(value)
	if err != nil {
		return false
	}
	sent, err := http.ParseTime(dateOfAnswer)
	return err == nil && !t.After(sent.Add(time.Second))
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
