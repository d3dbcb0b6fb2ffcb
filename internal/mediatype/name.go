package mediatype

import (
	_ "embed" // for the table of extensions
	"strings"
	"sync"
)

//go:embed types.txt
var table string

// byExtension maps a lower-case extension to its media type.
var byExtension = sync.OnceValue(func() map[string]string {
	types := make(map[string]string, 256)
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		kind := withDefaultCharset(fields[0])
		for _, ext := range fields[1:] {
			types[ext] = kind
		}
	}
	return types
})

// ByName returns the media type of the name's last extension, with charset=utf-8 for text and without parameters
// for other types. It returns "" if the name has no extension or an unknown one. The type of a.tar.gz is
// application/gzip, that of the saved file.
func ByName(name string) string {
	i := strings.LastIndexAny(name, `./\`)
	if i < 0 || name[i] != '.' {
		return ""
	}
	return byExtension()[strings.ToLower(name[i+1:])]
}
