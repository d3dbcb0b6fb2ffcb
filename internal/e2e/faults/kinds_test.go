package faults_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// secondResponse is the body of an unrequested response, which follows another one on its connection.
const secondResponse = "junk"

// kind is one way in which a storage fails.
type kind struct {
	name   string
	before func(x *exchange)      // happens before the reply is made
	fits   func(x *exchange) bool // whether it concerns the reply; nil means always
	do     func(x *exchange) bool // spoils the reply; false ends the connection without it
}

const refusedKind = "refused"

// kinds are all of the origin. Each response has one of them at most.
var kinds = append([]*kind{
	{name: refusedKind}, // by the transport
	{name: "reset", do: func(x *exchange) bool { return x.end(true) }},
	{name: "hangup", do: func(x *exchange) bool { return x.end(false) }},
	{name: "silent", do: func(x *exchange) bool { return x.stall(0) }},
	{name: "garbage", do: func(x *exchange) bool {
		_, _ = x.out.WriteString("SSH-2.0-OpenSSH_9.9\r\n")
		_ = x.out.Flush()
		return x.end(false)
	}},
	{name: "early-hints", do: func(x *exchange) bool { x.first = "HTTP/1.1 103 Early Hints\r\nETag: \"hint\"\r\n\r\n"; return true }},

	// Bodies.
	body("cut", func(x *exchange) { x.cut(x.at()) }),
	body("cut-chunked", func(x *exchange) { x.length = chunked; x.cut(x.at()) }),
	body("cut-last-byte", func(x *exchange) { x.cut(len(x.body) - 1) }),
	body("end-early", func(x *exchange) { x.length = chunked; x.instead(x.body[:x.at()]) }),
	body("short", func(x *exchange) { x.instead(x.body[:x.at()]); x.length = len(x.body) }),
	body("extra", func(x *exchange) { x.length = chunked; x.instead(append(bytes.Clone(x.body), x.dice.content(7)...)) }),
	body("long", func(x *exchange) {
		x.instead(append(bytes.Clone(x.body), x.dice.content(7)...))
		x.length = len(x.body)
	}),
	body("junk-after", func(x *exchange) { x.after = []byte("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + secondResponse) }),
	body("stall", func(x *exchange) {
		d := time.Duration(x.dice.between(1, 250)) * time.Millisecond
		x.on(x.at(), func() bool { return x.stall(d) })
	}),
	body("stall-forever", func(x *exchange) { x.on(x.at(), func() bool { return x.stall(0) }) }),
	body("stall-at-end", func(x *exchange) { x.length = chunked; x.on(len(x.body), func() bool { return x.stall(0) }) }),
	{name: "flip", fits: checked, do: func(x *exchange) bool {
		x.body = bytes.Clone(x.body)
		x.body[x.at()] ^= 1 << x.dice.IntN(8)
		return true
	}},
	{name: "torn", fits: checked, do: func(x *exchange) bool {
		x.obj.overwrite()
		next, _ := x.obj.current()
		at := x.at()
		x.body = bytes.Clone(x.body)
		copy(x.body[at:], next.body[min(at, len(next.body)):])
		return true
	}},

	// Versions.
	{name: "overwrite-before", before: func(x *exchange) { x.obj.overwrite() }},
	body("overwrite-during", func(x *exchange) { x.on(x.at(), func() bool { x.obj.overwrite(); return true }) }),
	body("overwrite-cut", func(x *exchange) { x.on(x.at(), func() bool { x.obj.overwrite(); return x.end(x.dice.chance(0.5)) }) }),
	{name: "despite-condition", before: func(x *exchange) { x.obj.overwrite(); x.ignore = true }},
	{name: "condition-ignored", before: func(x *exchange) { x.ignore = true }},

	// Ranges.
	part("range-ignored", func(x *exchange) {
		x.drop("Content-Range")
		x.status = 200
		x.body = x.version.body
		x.length = len(x.body)
	}),
	part("range-shifted", func(x *exchange) {
		x.otherPart(func(first, n, size int) (int, int) { return first + 1, min(n, size-first-1) })
	}),
	part("range-shifted-back", func(x *exchange) { x.otherPart(func(first, n, _ int) (int, int) { return max(0, first-3), n }) }),
	part("range-shorter", func(x *exchange) { x.otherPart(func(first, n, _ int) (int, int) { return first, max(1, n/2) }) }),
	part("range-longer", func(x *exchange) {
		x.otherPart(func(first, n, size int) (int, int) { return first, min(n+5, size-first) })
	}),
	part("total-wrong", func(x *exchange) {
		total := len(x.version.body) + pick(x.dice, -7, -1, 1, 7, 1000)
		x.total(strconv.Itoa(total))
		x.obj.announce(int64(total))
	}),
	part("total-unknown", func(x *exchange) { x.total("*") }),
	part("content-range-broken", func(x *exchange) {
		f := x.get("Content-Range")
		x.set("Content-Range", pick(x.dice, "", f[:len(f)/2], strings.TrimSuffix(f, "/"), "bytes", "bytes */5", "bytes 5-1/9"))
	}),
	{name: "part-unasked", fits: func(x *exchange) bool { return x.hasBody() && x.status == http.StatusOK }, do: func(x *exchange) bool {
		at := x.at()
		x.part(at, len(x.body)-at, len(x.version.body))
		return true
	}},

	// Validators and other fields.
	field("tag-absent", func(x *exchange) { x.drop("ETag") }),
	field("tag-weak", func(x *exchange) { x.set("ETag", x.obj.tag(x.version, "weak")) }),
	field("tag-changed", func(x *exchange) { x.set("ETag", x.obj.tag(x.version, "changing")) }),
	field("tag-unquoted", func(x *exchange) { x.set("ETag", strings.Trim(x.obj.tag(x.version, "changing"), `"`)) }),
	field("tag-broken", func(x *exchange) { x.set("ETag", pick(x.dice, `"open`, `"a" "b"`)) }),
	field("undated", func(x *exchange) { x.drop("Last-Modified") }),
	field("undescribed", func(x *exchange) { x.drop("Last-Modified"); x.drop("ETag"); x.drop("X-Amz-Version-Id") }),
	field("twice", func(x *exchange) {
		switch x.dice.IntN(4) {
		case 0:
			x.add("ETag", x.obj.tag(x.version, "changing"))
		case 1:
			if x.get("Last-Modified") == "" {
				return
			}
			x.add("Last-Modified", epoch.Add(-time.Hour).Format(http.TimeFormat))
		case 2:
			if x.req.Method == http.MethodGet { // a wrong length of a HEAD is undetectable
				x.add("Content-Length", strconv.Itoa(len(x.body)/2))
			}
		default:
			x.add("Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(x.body)/2, len(x.body)))
		}
	}),
	{name: "gzip", fits: func(x *exchange) bool { return x.hasBody() && x.status == http.StatusOK }, do: func(x *exchange) bool {
		x.body = x.version.gzip()
		x.length = pick(x.dice, len(x.body), chunked)
		x.set("Content-Encoding", "gzip")
		return true
	}},
}, statuses()...)

// drawn are the kinds as often as they are drawn: refusals, which end most requests early, are rarer.
var drawn = func() (all []*kind) {
	for _, k := range kinds {
		n := 4
		if strings.HasPrefix(k.name, "status-") || strings.HasPrefix(k.name, "refus") {
			n = 1
		}
		for range n {
			all = append(all, k)
		}
	}
	return all
}()

// statuses are refusals, with bodies that come and bodies that never do.
func statuses() (all []*kind) {
	for _, status := range []int{304, 307, 400, 403, 404, 412, 416, 429, 500, 502, 503} {
		all = append(all, &kind{name: "status-" + strconv.Itoa(status), do: func(x *exchange) bool {
			x.refuse(status, pick(x.dice, "SlowDown", "AccessDenied", "InternalError", "NoSuchKey"))
			if status != http.StatusNotModified && x.dice.chance(0.3) {
				x.body, x.length = nil, 0
			}
			if x.dice.chance(0.3) {
				x.set("Retry-After", pick(x.dice, "0", "1", "soon", "100000"))
			}
			return true
		}})
	}
	return append(all, &kind{name: "refusal-unending", do: func(x *exchange) bool {
		x.refuse(pick(x.dice, 403, 404, 412, 416, 500, 503), "AccessDenied")
		x.body, x.length = []byte("partial"), 1000
		x.on(len(x.body), func() bool { return x.hold(held) })
		return true
	}})
}

func body(name string, do func(x *exchange)) *kind { return spoils(name, (*exchange).hasBody, do) }

func part(name string, do func(x *exchange)) *kind {
	return spoils(name, func(x *exchange) bool { return x.hasBody() && x.status == http.StatusPartialContent }, do)
}

func field(name string, do func(x *exchange)) *kind {
	return spoils(name, func(x *exchange) bool { return x.status < 400 }, do)
}

func spoils(name string, fits func(x *exchange) bool, do func(x *exchange)) *kind {
	return &kind{name: name, fits: fits, do: func(x *exchange) bool { do(x); return true }}
}

// checked reports whether the storage keeps a checksum of the body, or of the object of which it is a part.
func checked(x *exchange) bool {
	name := x.obj.style.checksum
	return x.hasBody() && name != "" && (x.status == http.StatusPartialContent || x.get("X-Amz-Checksum-"+name) != "")
}

func (x *exchange) cut(at int) { x.on(at, func() bool { return x.end(x.dice.chance(0.5)) }) }

// instead replaces the body by one that is complete by its own framing.
func (x *exchange) instead(body []byte) {
	if x.status == http.StatusOK && !checked(x) {
		x.obj.sentOdd(body)
	}
	x.obj.announce(int64(len(body))) // also a 416 and a HEAD may have this length then
	x.body = body
}

// otherPart makes the reply a part that differs from the requested one, and describes it rightly.
func (x *exchange) otherPart(other func(first, n, size int) (int, int)) {
	size := len(x.version.body)
	first, n, _ := x.window(size)
	if first, n = other(first, n, size); n > 0 && first+n <= size {
		x.part(first, n, size)
	}
}

func (x *exchange) total(total string) {
	spec, _, _ := strings.Cut(x.get("Content-Range"), "/")
	x.set("Content-Range", spec+"/"+total)
}
