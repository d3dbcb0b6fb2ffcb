package main

import "regexp"

// rule is a word of the project's old language, and the word to write instead.
type rule struct {
	name    string
	write   string         // advice, printed with each finding
	pattern *regexp.Regexp // matched against one sentence, code masked
	allow   []string       // phrases in which the word is right
	first   bool           // the rule is about the beginning of sentences, which headings and table cells are not
	bad     string         // a sentence on which it fires
	good    string         // the sentence to write, on which no rule fires
}

func fold(pattern string) *regexp.Regexp { return regexp.MustCompile(`(?i)\b(` + pattern + `)\b`) }

// rules is the glossary. Each rule is tested on its own two sentences.
var rules = []rule{
	// Subjects.
	{name: "first-word", write: "begin with the noun", first: true,
		pattern: regexp.MustCompile(`^["'(*_]*(What|Who|Whoever|Whatever)\b`),
		bad:     "What the storage returns is sent.", good: "The response is streamed. What does it cost?"},
	{name: "hidden-noun", write: "is the …: define by a noun",
		pattern: fold(`(is|are|was|were)( only| just| exactly)? what`),
		bad:     "Option is what the caller sets.", good: "Option is a setting of the caller."},
	{name: "whoever", write: "name the client, the caller or the request",
		pattern: fold(`whoever|whomever|the one who|the ones who`),
		bad:     "Sent to whoever reads it.", good: "Sent to the client."},
	{name: "somebody", write: "name the component",
		pattern: fold(`(some|no|any)body('s)?( else('s)?)?|someone|no one|anyone`),
		bad:     "Somebody else sends the bytes.", good: "The reverse proxy sends the body."},
	{name: "whatever", write: "name the thing; any",
		pattern: fold(`whatever`),
		bad:     "It accepts whatever the client sends.", good: "It accepts any header field."},

	// Machines are not people.
	{name: "ask", write: "request, call, query",
		pattern: fold(`ask|asks|asked|asking`),
		bad:     "The server asks the storage.", good: "The server requests the object."},
	{name: "tell", write: "report, return, set, distinguish",
		pattern: fold(`tell|tells|told|telling|untold`),
		bad:     "The store told its size.", good: "The store reported its size."},
	{name: "say", write: "report, define, declare, document",
		pattern: fold(`say|says|said|saying`),
		allow:   []string{"that is to say"},
		bad:     "The header says how long it is.", good: "The header declares the length."},
	{name: "know", write: "record, hold, support; metadata",
		pattern: fold(`knows|knew|what is known`),
		allow:   []string{"application knows"},
		bad:     "The bucket knows the size.", good: "The size is recorded."},
	{name: "believe", write: "trust, use, follow",
		pattern: fold(`believes?|believed|obeys?|obeyed|wants|doubts?`),
		bad:     "The proxy obeys the header.", good: "The proxy honours the header."},
	{name: "lie", write: "is stored in, is in; is wrong",
		pattern: fold(`lie|lies|lay|lain|lying`),
		allow:   []string{"underlying"},
		bad:     "The object lies in the bucket.", good: "The object is stored in the bucket."},

	// Requests and their costs.
	{name: "trip", write: "request, or round trip where the latency counts",
		pattern: fold(`trips?`),
		allow:   []string{"round trip", "round trips"},
		bad:     "It costs one trip.", good: "It costs one request, one round trip."},
	{name: "look", write: "request, lookup, check",
		pattern: fold(`(a|an|one|no|another|each|every|first|second|further) look`),
		bad:     "It costs a look.", good: "It costs a lookup."},
	{name: "facts", write: "metadata, Info, attributes",
		pattern: fold(`facts?`),
		allow:   []string{"in fact", "measured fact", "measured facts", "after the fact", "Facts about the file"},
		bad:     "The facts of the file are cached.", good: "The metadata of the file is cached."},
	{name: "fetched-ahead", write: "read-ahead, prefetched",
		pattern: fold(`fetched for it|(fetched|fetches|is|are|was) ahead|fetched in advance`),
		allow:   []string{"clock is ahead"},
		bad:     "The parts that were fetched ahead.", good: "The prefetched parts."},

	// Offload.
	{name: "hand-over", write: "offload, pass, forward",
		pattern: fold(`hand(s|ed|ing)?( \w+){0,3} (over|on)|hand(ed|s)? to|handover`),
		bad:     "The download is handed over.", good: "The download is offloaded."},
	{name: "front-server", write: "reverse proxy",
		pattern: fold(`front[- ]servers?|front`),
		allow:   []string{"in front of", "in front"},
		bad:     "Every front server reads it.", good: "The reverse proxy in front of it parses it."},
	{name: "edge", write: "reverse proxy; CDN",
		pattern: fold(`edge('s)?`),
		allow: []string{"edge case", "edge cases", "edge location", "edge locations", "CDN edge", "CDN's edge",
			"storagetest/edge", "Package edge", "edge is not set"},
		bad: "The edge caches it.", good: "The reverse proxy caches it, an edge case."},
	{name: "other-side", write: "origin, upstream, peer",
		pattern: fold(`the other side|where it comes from`),
		bad:     "The other side closed it.", good: "The upstream closed the connection."},
	{name: "by-itself", write: "automatically; per client; streamed",
		pattern: fold(`by itself|by themselves|of itself|of its own accord`),
		bad:     "A client is not limited by itself.", good: "The request is exempt from the limit."},

	// The course of a response.
	{name: "take-up", write: "resume",
		pattern: fold(`(take|takes|taken|took|taking)( \w+)? up|taken up again`),
		bad:     "The body is taken up again.", good: "The download resumes."},
	{name: "go-on", write: "resume, continue",
		pattern: fold(`(go|goes|went|gone|going) on`),
		bad:     "The download goes on.", good: "The download continues."},
	{name: "repeat", write: "retry",
		pattern: fold(`repeats?`),
		bad:     "It repeats the request.", good: "It retries the request with a repeated field."},
	{name: "break-off", write: "abort, interrupt",
		pattern: fold(`(break|breaks|broken|broke|breaking)( \w+)? off`),
		bad:     "The connection is broken off.", good: "The server aborts the connection."},
	{name: "cut", write: "truncate, abort, shorten",
		pattern: fold(`cut|cuts|cutting`),
		bad:     "The body is cut.", good: "The body is truncated."},
	{name: "let", write: "release, drop; admit, allow",
		pattern: fold(`(let|lets|letting)( \w+)? go( of)?|(is|are|was|were|be) let`),
		bad:     "The buffer is let go of.", good: "The buffer is released."},
	{name: "under-way", write: "in flight",
		pattern: fold(`under ?way`),
		bad:     "A request is under way.", good: "A request is in flight."},

	// Content.
	{name: "made", write: "generated; materialized",
		pattern: fold(`made (while|once|when|as) (it|they)?|made once|(that|which) (is|are) made`),
		bad:     "Content that is made while it is sent.", good: "Generated content."},
	{name: "holding-condition", write: "precondition that passes",
		pattern: fold(`conditions?( that| which)? holds?`),
		bad:     "A condition that holds.", good: "A precondition that passes."},
	{name: "none", write: "invalid, unsatisfiable, absent",
		pattern: fold(`(that|which|who) (is|are) none`),
		bad:     "A range that is none is ignored.", good: "An invalid Range is ignored."},
	{name: "not-given", write: "rejected, absent",
		pattern: fold(`(is|are|was|were) not given`),
		bad:     "The file is not given.", good: "The request is rejected."},
	{name: "may-see", write: "permission check",
		pattern: fold(`may (not )?see`),
		bad:     "A client that may not see it.", good: "A client that fails the permission check."},
	{name: "leads-out", write: "escape",
		pattern: fold(`(leads?|led|leading) out`),
		bad:     "No symbolic link leads out of the root.", good: "Symlinks cannot escape the root."},
	{name: "back-reference", write: "repeat the noun",
		pattern: fold(`and so (is|are|was|does|do|did|has|have|can|must|may)|as said|as is said`),
		bad:     "The first is closed, and so is the second.", good: "Both readers are closed."},
}
