package storagetest

import (
	"slices"
	"strings"
)

// maxDiffCells limits the table of a line diff. A larger difference is shown as one block.
const maxDiffCells = 1 << 22

// diffLines returns a line diff: common lines after two blanks, lines of want only after "- ", lines of got only
// after "+ ". Unlike that of go-cmp, its form is stable between runs, so an example can contain it.
func diffLines(want, got []string) string {
	var b strings.Builder
	head := 0
	for head < len(want) && head < len(got) && want[head] == got[head] {
		head++
	}
	tail := 0
	for tail < len(want)-head && tail < len(got)-head && want[len(want)-1-tail] == got[len(got)-1-tail] {
		tail++
	}
	write(&b, "  ", want[:head])
	diffMiddle(&b, want[head:len(want)-tail], got[head:len(got)-tail])
	write(&b, "  ", want[len(want)-tail:])
	return b.String()
}

func write(b *strings.Builder, sign string, lines []string) {
	for _, line := range lines {
		b.WriteString(sign)
		b.WriteString(line)
		b.WriteByte('\n')
	}
}

// diffMiddle writes a shortest diff, computed from the table of the longest common subsequences.
func diffMiddle(b *strings.Builder, want, got []string) {
	width := len(got) + 1
	if len(want)*width > maxDiffCells {
		write(b, "- ", want)
		write(b, "+ ", got)
		return
	}
	common := make([]int32, (len(want)+1)*width) // of want[i:] and got[j:], at i*width+j
	for i, w := range slices.Backward(want) {
		for j, g := range slices.Backward(got) {
			if w == g {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(want) && j < len(got) {
		switch {
		case want[i] == got[j]:
			write(b, "  ", want[i:i+1])
			i, j = i+1, j+1
		case common[(i+1)*width+j] >= common[i*width+j+1]:
			write(b, "- ", want[i:i+1])
			i++
		default:
			write(b, "+ ", got[j:j+1])
			j++
		}
	}
	write(b, "- ", want[i:])
	write(b, "+ ", got[j:])
}
