package wrapper

import (
	"fmt"
	"path"
	"strings"

	"github.com/go-downloadview/downloadview/internal/disposition"
)

// zipNames returns the paths of entries in an archive. Each stays below the directory of the unpacked archive, and every
// system can store it. No two are equal, also if case is ignored.
func zipNames(entries []ZipEntry) []string {
	names := make([]string, len(entries))
	taken := make(map[string]bool, len(entries))
	for i := range entries {
		name := entries[i].Name
		if name == "" {
			name = entries[i].File.Base()
		}
		names[i] = unused(taken, zipName(name))
	}
	return names
}

// zipSeparators replaces the separators of some systems in a segment.
var zipSeparators = strings.NewReplacer(`\`, "_", ":", "_")

func zipName(name string) string {
	var segments []string
	for s := range strings.SplitSeq(name, "/") {
		if s = disposition.Sanitize(zipSeparators.Replace(s)); s != "" { // Sanitize returns "" for "." and ".."
			segments = append(segments, s)
		}
	}
	if len(segments) > maxZipDepth {
		segments = segments[len(segments)-maxZipDepth:]
	}
	if len(segments) == 0 {
		return "_"
	}
	return strings.Join(segments, "/")
}

// maxZipDepth keeps a path below the format's limit of 65,535 bytes: a segment has at most 255.
const maxZipDepth = 200

// unused adds a number to a name that is taken.
func unused(taken map[string]bool, name string) string {
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	free := name
	for n := 2; taken[strings.ToLower(free)]; n++ {
		free = fmt.Sprintf("%s (%d)%s", stem, n, ext)
	}
	taken[strings.ToLower(free)] = true
	return free
}
