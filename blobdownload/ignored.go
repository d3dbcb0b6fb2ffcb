package blobdownload

import (
	"log/slog"
	"net/http"
	"sync"

	"github.com/go-downloadview/downloadview/internal/fields"
	"github.com/go-downloadview/downloadview/wrapper"
)

// ignored reports, once for each server and field, that metadata of the application has no effect.
type ignored struct{ reported sync.Map }

func (i *ignored) report(s *Server, field, reason string) {
	if _, before := i.reported.LoadOrStore(field, true); !before {
		s.logger().Warn("metadata of the application is ignored", slog.String("field", field), slog.String("reason", reason))
	}
}

// reportIgnoredHeader reports the fields of Download.Header that only the server sets.
func (t *transfer) reportIgnoredHeader() {
	for name := range t.d.Header {
		switch name = http.CanonicalHeaderKey(name); {
		case name == "Etag" || name == "Last-Modified":
			t.server.ignored.report(t.server, "Download.Header["+name+"]", "validators are the storage's, or those of File.WithInfo")
		case transferFields[name] || fields.Offloads(name):
			t.server.ignored.report(t.server, "Download.Header["+name+"]", "the server or an Optimizer sets this field")
		}
	}
}

// reportIgnoredTag reports that the entity-tag of WithInfo is not that of the content, unless it is.
func (t *transfer) reportIgnoredTag(info *wrapper.Info) {
	if known := t.d.File.KnownInfo().ETag; known == "" || known == info.ETag || len(t.decode) > 0 {
		return
	}
	t.server.ignored.report(t.server, "WithInfo(Info.ETag)", "it is not the storage's: the object has been replaced, or the "+
		"application has made the entity-tag itself; pass the storage's, or none")
}
