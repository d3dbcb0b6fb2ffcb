package conformance

import (
	"context"
	"fmt"
	"mime"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// NameCase is a file name, and the names that a client may read from the response.
type NameCase struct {
	ID       string `json:"id"`
	Group    string `json:"group"`
	Type     string `json:"type"` // attachment or inline
	Filename string `json:"filename"`
	Bytes    []byte `json:"filename_b64"` // instead of Filename, for bytes that are not UTF-8
	Expect   struct {
		Names     []string `json:"names"`          // one of these, or the name itself
		Risky     string   `json:"sanitize"`       // characters that may be dropped, replaced or escaped
		Base      bool     `json:"basename_ok"`    // the part after the last separator is enough
		Pattern   string   `json:"name_regex"`     // or a match of this pattern
		NoName    bool     `json:"no_name_ok"`     // or no name at all
		Extended  bool     `json:"need_ext_value"` // with a filename*
		Suffix    string   `json:"suffix"`
		Prefix    bool     `json:"prefix_ok"`     // or a prefix of the name, with its extension
		Unwelcome string   `json:"warn_contains"` // characters that must be removed
	} `json:"expect"`
}

func (c *NameCase) name() string {
	if c.Bytes != nil {
		return string(c.Bytes)
	}
	return c.Filename
}

// maxDisposition is the longest field that proxies accept with their default buffers of 4 KiB.
const maxDisposition = 4000

// PlayName requests /attachment with a name and returns the faults of the Content-Disposition.
func (t *Target) PlayName(ctx context.Context, c *NameCase) []string {
	ctx, cancel := context.WithTimeout(ctx, exchangeTime)
	defer cancel()
	path := "/attachment?type=" + c.Type + "&filename=" + escape(c.name())
	a, err := t.exchange(ctx, []Request{{Method: "GET", Path: path}})
	if err != nil {
		return []string{"no well-formed answer: " + err.Error()}
	}
	if wrong := c.judge(a); len(wrong) > 0 {
		return append(wrong, "got "+a.String())
	}
	return nil
}

func (c *NameCase) judge(a *Answer) []string {
	fields := a.values("Content-Disposition")
	switch {
	case a.Status != 200 || len(fields) != 1:
		return []string{"not a 200 with one Content-Disposition"}
	case a.has("X-Injected"):
		return []string{"the name made a field of its own"}
	case !printable(fields[0]):
		return []string{"not printable ASCII"}
	case len(fields[0]) > maxDisposition:
		return []string{"longer than front servers take"}
	}
	d, err := readDisposition(fields[0])
	if err != nil {
		return []string{"not of the grammar of RFC 6266: " + err.Error()}
	}
	wrong := slices.Concat(a.Faults, d.careless(), c.misread(d))
	if d.kind != c.Type {
		wrong = append(wrong, "type "+d.kind)
	}
	return append(wrong, secondReader(fields[0], d)...)
}

// careless returns the forms that some parsers misread (RFC 6266 appendix D).
func (d *disposition) careless() (wrong []string) {
	plain := d.params["filename"]
	for _, no := range []struct {
		is  bool
		why string
	}{
		{d.has("filename*") && !d.has("filename"), "no filename to fall back to"},
		{d.has("filename*") && d.order[0] != "filename", "filename* before filename"},
		{escaped.MatchString(plain), "filename with what some readers decode"},
		{strings.Contains(plain, `\`), "filename with a backslash"},
		{strings.Contains(plain, "=?"), "filename like an encoded-word of RFC 2047"},
		{d.name() == "." || d.name() == "..", "a name that is a directory"},
	} {
		if no.is {
			wrong = append(wrong, no.why)
		}
	}
	return wrong
}

var escaped = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// misread returns the reasons why the parsed name is not allowed.
func (c *NameCase) misread(d *disposition) (wrong []string) {
	if len(d.order) == 0 {
		if !c.Expect.NoName && c.name() != "" {
			return []string{"no name"}
		}
		return nil
	}
	name := d.name()
	if c.Expect.Unwelcome != "" && strings.ContainsAny(name, c.Expect.Unwelcome) {
		wrong = append(wrong, "separators or controls in the name")
	}
	if c.Expect.Suffix != "" && !strings.HasSuffix(name, c.Expect.Suffix) || !utf8.ValidString(name) {
		wrong = append(wrong, "another end, or no UTF-8")
	}
	if c.Expect.Extended && !d.has("filename*") && name != c.name() {
		wrong = append(wrong, "no filename*")
	}
	if !c.allows(name) {
		wrong = append(wrong, fmt.Sprintf("reads as %q", short(name)))
	}
	return wrong
}

func (c *NameCase) allows(name string) bool {
	e, given := &c.Expect, c.name()
	if name == given || slices.Contains(e.Names, name) || e.Pattern != "" && matches(e.Pattern, name) {
		return true
	}
	if e.Risky != "" && cleaned(name, given, e.Risky) {
		return true
	}
	if e.Base {
		base := strings.TrimRight(given, `/\`)
		base = base[strings.LastIndexAny(base, `/\`)+1:]
		if name == base || cleaned(name, base, e.Risky) {
			return true
		}
	}
	if e.Prefix {
		extension := given[max(0, strings.LastIndex(given, ".")):]
		if !strings.Contains(given, ".") {
			extension = ""
		}
		stem, ok := strings.CutSuffix(name, extension)
		return ok && len(stem) >= 50 && strings.HasPrefix(given, stem)
	}
	return false
}

// substitutes are the allowed replacements of a risky character.
const substitutes = "_- ?.+'\ufffd"

// cleaned reports whether name is given with each risky character kept, dropped, replaced or escaped.
func cleaned(name, given, risky string) bool {
	if given == "" {
		return name == ""
	}
	r, n := utf8.DecodeRuneInString(given)
	first, rest := given[:n], given[n:]
	if after, ok := strings.CutPrefix(name, first); ok && cleaned(after, rest, risky) {
		return true
	}
	if !strings.ContainsRune(risky, r) {
		return false
	}
	if cleaned(name, rest, risky) {
		return true
	}
	if s, size := utf8.DecodeRuneInString(name); size > 0 && strings.ContainsRune(substitutes, s) && cleaned(name[size:], rest, risky) {
		return true
	}
	code := strings.ToUpper(fmt.Sprintf("%%%X", first))
	return len(name) >= len(code) && strings.EqualFold(name[:len(code)], code) && cleaned(name[len(code):], rest, risky)
}

// secondReader compares the result with that of package mime, an independent parser.
func secondReader(field string, d *disposition) []string {
	kind, params, err := mime.ParseMediaType(field)
	if err != nil || kind != d.kind || params["filename"] != d.name() {
		return []string{fmt.Sprintf("package mime reads %q as %q: %v", kind, short(params["filename"]), err)}
	}
	return nil
}
