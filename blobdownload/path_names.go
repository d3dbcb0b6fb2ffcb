package blobdownload

import (
	"regexp"
	"strings"

	"github.com/go-downloadview/downloadview/internal/disposition"
)

// shortName is the end of a name that Windows makes up for one that is longer: GIT~1 is .git.
var shortName = regexp.MustCompile(`~\d`)

// foreignToWindows reports whether Windows would read a path as another one, or as something that is not
// a file: by another separator, a drive or a stream, a device, dots and blanks at an end, a short name.
func foreignToWindows(name string) bool {
	if strings.ContainsAny(name, `\:*?"<>|`) {
		return true
	}
	for element := range strings.SplitSeq(name, "/") {
		if strings.TrimRight(element, " .") != element || disposition.IsDevice(element) || shortName.MatchString(element) {
			return true
		}
	}
	return false
}
