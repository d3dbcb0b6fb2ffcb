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
		kind := withCharset(fields[0], charset(fields[0], ""))
		for _, ext := range fields[1:] {
			types[ext] = kind
		}
	}
	return types
})

// ByName returns the media type that the extension of name suggests, with charset=utf-8 when
// it is text and else without parameters. It is "" when the name has no extension or an
// unknown one. Only the last extension counts: a.tar.gz is application/gzip, which is what a
// client that saves the file gets.
func ByName(name string) string {
	i := strings.LastIndexAny(name, `./\`)
	if i < 0 || name[i] != '.' {
		return ""
	}
	return byExtension()[strings.ToLower(name[i+1:])]
}
