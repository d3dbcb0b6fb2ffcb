package archive

import (
	"fmt"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/go-downloadview/downloadview/internal/disposition"
)

// maxDepth keeps a path below the limit of zip, 65,535 bytes: a segment has at most 255.
const maxDepth = 200

// names makes the paths of an archive safe and unique.
type names struct {
	files map[string]bool   // folded paths
	dirs  map[string]string // from a folded path to the directory in the archive
	next  map[string]int    // the number to try next for a folded path
}

func newNames(n int) *names {
	return &names{files: make(map[string]bool, n), dirs: map[string]string{}, next: map[string]int{}}
}

// add returns the path for a name.
func (n *names) add(name string) string {
	segments := safeSegments(name)
	last := len(segments) - 1
	dir := ""
	for _, s := range segments[:last] {
		dir = n.directory(dir + s)
	}
	file := n.free(dir+segments[last], path.Ext(segments[last]))
	n.files[fold(file)] = true
	return file
}

// directory returns the path of a directory, with a slash at its end.
func (n *names) directory(dir string) string {
	key := fold(dir)
	if d, ok := n.dirs[key]; ok {
		return d
	}
	free := dir
	if n.files[key] {
		free = n.free(dir, "")
		n.dirs[fold(free)] = free + "/"
	}
	n.dirs[key] = free + "/"
	return free + "/"
}

// free returns a path that is not in use, with a number before ext if it must differ.
func (n *names) free(p, ext string) string {
	key := fold(p)
	if !n.used(key) {
		return p
	}
	stem := strings.TrimSuffix(p, ext)
	for i := max(n.next[key], 2); ; i++ {
		numbered := fmt.Sprintf("%s (%d)%s", stem, i, ext)
		if !n.used(fold(numbered)) {
			n.next[key] = i + 1
			return numbered
		}
	}
}

func (n *names) used(key string) bool {
	_, dir := n.dirs[key]
	return dir || n.files[key]
}

// fold returns a form in which names are equal that a file system may treat as equal.
func fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return norm.NFC.String(strings.ToLower(strings.ToUpper(norm.NFC.String(s))))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// separators replaces the separators of some systems in a segment.
var separators = strings.NewReplacer(`\`, "_", ":", "_")

// safeSegments returns the segments of a path that every system can store. There is at least one.
func safeSegments(name string) []string {
	var segments []string
	for s := range strings.SplitSeq(name, "/") {
		if s = disposition.Sanitize(separators.Replace(s)); s != "" { // Sanitize returns "" for "." and ".."
			segments = append(segments, s)
		}
	}
	if len(segments) > maxDepth {
		segments = segments[len(segments)-maxDepth:]
	}
	if len(segments) == 0 {
		return []string{"_"}
	}
	return segments
}
