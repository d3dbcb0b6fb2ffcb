package plan_test

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-downloadview/downloadview/internal/plan"
)

// This file has a reference parser of Range: a direct and slow implementation of the RFC.

var (
	bytesUnit   = regexp.MustCompile(`^(?s)[ \t]*[bB][yY][tT][eE][sS]=(.*)$`)
	intRange    = regexp.MustCompile(`^(\d+)-(\d*)$`)
	suffixRange = regexp.MustCompile(`^-(\d+)$`)
)

// slowSpec is a range of numbers of any size; first is nil in a suffix, last in an open range.
type slowSpec struct{ first, last *big.Int }

// slowParse returns the ranges of a field, or nil if the field is ignored.
func slowParse(header string) []slowSpec {
	m := bytesUnit.FindStringSubmatch(header)
	if m == nil || len(header) > 8192 {
		return nil
	}
	var specs []slowSpec
	for member := range strings.SplitSeq(m[1], ",") {
		member = strings.Trim(member, " \t")
		if member == "" {
			continue
		}
		if m := suffixRange.FindStringSubmatch(member); m != nil {
			specs = append(specs, slowSpec{nil, bigInt(m[1])})
			continue
		}
		m := intRange.FindStringSubmatch(member)
		if m == nil {
			return nil
		}
		spec := slowSpec{first: bigInt(m[1])}
		if m[2] != "" {
			spec.last = bigInt(m[2])
			if spec.last.Cmp(spec.first) < 0 {
				return nil
			}
		}
		specs = append(specs, spec)
	}
	if len(specs) > 1024 {
		return nil
	}
	return specs
}

func bigInt(digits string) *big.Int {
	n, _ := new(big.Int).SetString(digits, 10)
	return n
}

// spec returns s in the numbers of the package.
func (s slowSpec) spec() plan.Spec {
	n := func(x *big.Int) int64 {
		switch {
		case x == nil:
			return -1
		case !x.IsInt64():
			return 1<<63 - 1
		}
		return x.Int64()
	}
	return plan.Spec{First: n(s.first), Last: n(s.last)}
}

// slowDecide returns the decision for a GET of a small file of size bytes. It examines the file byte by byte.
func slowDecide(header string, size int64) string {
	specs := slowParse(header)
	if specs == nil {
		return "200"
	}
	satisfiable, asked := false, make([]bool, size)
	var windows []plan.Window
	for _, s := range specs {
		if s.first == nil && s.last.Sign() > 0 {
			satisfiable = true
		}
		var w plan.Window
		first, last := upTo(s.first, size), upTo(s.last, size)
		for i := range size {
			if s.first == nil && size-i > last || s.first != nil && i < first || s.first != nil && i > last {
				continue
			}
			satisfiable, asked[i] = true, true
			if w.N == 0 {
				w.Off = i
			}
			w.N++
		}
		if w.N > 0 {
			windows = append(windows, w)
		}
	}
	if !satisfiable {
		return "416"
	}
	everything := true
	for _, a := range asked {
		everything = everything && a
	}
	windows = slowJoin(windows)
	if len(windows) == 0 || len(windows) > 16 || everything && len(specs) > 1 {
		return "200"
	}
	return answer{206, windows}.String()
}

// upTo returns x, or size where x is absent or more than that.
func upTo(x *big.Int, size int64) int64 {
	if x == nil || x.Cmp(big.NewInt(size)) > 0 {
		return size
	}
	return x.Int64()
}

// slowJoin joins any two windows that may be joined, at the place of the first, until there are no such two.
func slowJoin(windows []plan.Window) []plan.Window {
	for i := range windows {
		for j := i + 1; j < len(windows); j++ {
			a, b := windows[i], windows[j]
			if b.Off-(a.Off+a.N) > 80 || a.Off-(b.Off+b.N) > 80 {
				continue
			}
			off := min(a.Off, b.Off)
			windows[i] = plan.Window{Off: off, N: max(a.Off+a.N, b.Off+b.N) - off}
			return slowJoin(append(windows[:j:j], windows[j+1:]...))
		}
	}
	return windows
}

// read is the inverse of [answer.String].
func read(s string) answer {
	status, rest, _ := strings.Cut(s, " ")
	n, _ := strconv.Atoi(status)
	a := answer{status: n}
	for w := range strings.FieldsSeq(rest) {
		first, last, _ := strings.Cut(w, "-")
		f, _ := strconv.ParseInt(first, 10, 64)
		l, _ := strconv.ParseInt(last, 10, 64)
		a.windows = append(a.windows, plan.Window{Off: f, N: l - f + 1})
	}
	return a
}
