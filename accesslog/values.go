package accesslog

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// count parses a number of bytes in decimal digits.
func count(s string) (int64, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' { // ParseInt accepts signs
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// countOr parses a number of bytes that may be absent: "-" or "".
func countOr(s string, absent int64) (int64, bool) {
	if s == "" || s == "-" {
		return absent, true
	}
	return count(s)
}

// status parses a status code. nginx writes 000 if it has sent none.
func status(s string) (int, bool) {
	n, ok := count(s)
	return int(n), ok && len(s) == 3
}

// maxSeconds is the longest duration that is accepted: ten years.
const maxSeconds = 10 * 366 * 24 * 3600

// seconds parses a duration in seconds with up to nine decimals, such as "0.123". Absent is 0.
func seconds(s string) (time.Duration, bool) {
	if s == "" || s == "-" {
		return 0, true
	}
	whole, decimals, point := strings.Cut(s, ".")
	n, ok := count(whole)
	if !ok || n > maxSeconds || point && (decimals == "" || len(decimals) > 9) {
		return 0, false
	}
	d := time.Duration(n) * time.Second
	if point {
		f, ok := count(decimals)
		if !ok {
			return 0, false
		}
		for range 9 - len(decimals) {
			f *= 10
		}
		d += time.Duration(f)
	}
	return d, true
}

// milliseconds parses a whole number of milliseconds. Absent is 0.
func milliseconds(s string) (time.Duration, bool) {
	n, ok := countOr(s, 0)
	return time.Duration(min(n, maxSeconds*1000)) * time.Millisecond, ok && n <= maxSeconds*1000
}

// address parses an IP address. Anything else, such as "unix:", has none.
func address(s string) netip.Addr {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}
	}
	return a.Unmap()
}

// unescape decodes percent-encoding once. Text that is not percent-encoded stays as it is.
func unescape(s string) string {
	decoded, err := url.PathUnescape(s)
	if err != nil {
		return s
	}
	return decoded
}

// splitTarget returns the decoded path and the raw query of a request's target. The scheme and host of an absolute target
// are dropped.
func splitTarget(target string) (path, query string) {
	path, query, _ = strings.Cut(target, "?")
	if rest, ok := strings.CutPrefix(path, "http://"); ok || strings.HasPrefix(path, "https://") {
		if !ok {
			rest = strings.TrimPrefix(path, "https://")
		}
		_, path, _ = strings.Cut(rest, "/")
		path = "/" + path
	}
	return strings.ToValidUTF8(unescape(path), "\uFFFD"), query
}

// hasControl reports whether a line has a character that no server writes unescaped. Tabs are allowed if they separate
// values.
func hasControl(line string, tabs bool) bool {
	return strings.ContainsFunc(line, func(c rune) bool { return c < ' ' && (c != '\t' || !tabs) || c == 0x7f })
}
