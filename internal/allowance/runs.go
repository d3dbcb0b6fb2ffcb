package allowance

// run is a part of the content that ends before End and begins at the end of the run before it. N is how often the part was
// delivered.
type run struct {
	End int64 `json:"e"`
	N   int   `json:"n"`
}

// runs cover content from its first byte to its last. Neighbours differ in N.
type runs []run

// maxRuns bounds the size of a state. A client that requests single bytes reaches it.
const maxRuns = 256

// add returns runs with N changed by n between two offsets.
func (rs runs) add(from, to int64, n int) runs {
	var sum runs
	begin := int64(0)
	for _, r := range rs {
		a, b := min(max(from, begin), r.End), max(min(to, r.End), begin)
		sum = sum.push(a, r.N)
		if a < b {
			sum = sum.push(b, r.N+n)
		}
		sum = sum.push(r.End, r.N)
		begin = r.End
	}
	return sum
}

// push appends a run that ends at end, if it is not empty, or extends the last one.
func (rs runs) push(end int64, n int) runs {
	if len(rs) > 0 {
		last := &rs[len(rs)-1]
		if end <= last.End {
			return rs
		}
		if last.N == n {
			last.End = end
			return rs
		}
	}
	if end == 0 {
		return rs
	}
	return append(rs, run{end, n})
}

// least returns the smallest N.
func (rs runs) least() int {
	n := rs[0].N
	for _, r := range rs {
		n = min(n, r.N)
	}
	return n
}

// lower returns runs with N smaller by n.
func (rs runs) lower(n int) runs {
	var less runs
	for _, r := range rs {
		less = less.push(r.End, r.N-n)
	}
	return less
}

// resized returns runs that end at size: without the bytes after it, or with more of the last ones.
func (rs runs) resized(size int64) runs {
	n := 0
	var fit runs
	for _, r := range rs {
		n = r.N
		fit = fit.push(min(r.End, size), n)
	}
	return fit.push(size, n)
}

// flat returns runs with N of at most 1.
func (rs runs) flat() runs {
	var all runs
	for _, r := range rs {
		all = all.push(r.End, min(r.N, 1))
	}
	return all
}

// notBelow0 returns runs with N of at least 0.
func (rs runs) notBelow0() runs {
	var all runs
	for _, r := range rs {
		all = all.push(r.End, max(r.N, 0))
	}
	return all
}

// bounded returns at most maxRuns runs. The shortest of those that are lower than the run before them get its N: a part that
// is counted too often gives nothing away.
func (rs runs) bounded() runs {
	for len(rs) > maxRuns {
		lowest, least := 0, rs[len(rs)-1].End
		for i := 1; i < len(rs); i++ {
			if n := rs[i].End - rs[i-1].End; rs[i].N < rs[i-1].N && n < least {
				lowest, least = i, n
			}
		}
		merged := runs{}
		for i, r := range rs {
			if i == lowest {
				r.N = rs[max(i-1, 1-i)].N // the first one is below the second one if no run falls
			}
			merged = merged.push(r.End, r.N)
		}
		rs = merged
	}
	return rs
}
