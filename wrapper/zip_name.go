package wrapper

import (
	"fmt"
	"path"
	"strings"

	"github.com/go-downloadview/downloadview/internal/disposition"
)

// zipNames returns the paths of entries in an archive: each below the directory that it is unpacked to, of names that
// every system can hold, and none twice, in whatever case.
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

// zipSeparators are what some system takes for the end of a segment.
var zipSeparators = strings.NewReplacer(`\`, "_", ":", "_")

func zipName(name string) string {
	var segments []string
	for s := range strings.SplitSeq(name, "/") {
		if s = disposition.Sanitize(zipSeparators.Replace(s)); s != "" { // "", "." and ".." are nothing
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

// maxZipDepth keeps a path within the 65,535 bytes that the format has for one: segments have 255 at most.
const maxZipDepth = 200

// unused numbers a name that is taken.
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
