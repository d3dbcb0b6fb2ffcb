package blobdownload

import (
	"net/http"

	"github.com/gabriel-vasile/mimetype"

	"github.com/go-downloadview/downloadview/internal/disposition"
	"github.com/go-downloadview/downloadview/internal/mediatype"
	"github.com/go-downloadview/downloadview/wrapper"
)

// Download is a file and how to offer it. It is a plain value: it can be inspected, tested and optimized
// before anything is opened. The zero values of its options are the safe ones.
type Download struct {
	File *wrapper.File

	// Filename is the name offered to the client, the last element of File.Name() when empty. It is made
	// harmless before it is sent: no separator, control or direction character, at most 255 bytes.
	Filename string

	// Inline asks for the content to be shown rather than saved. It is granted only to types on an exact
	// list that a browser shows without running anything (images but SVG, audio, video, plain
	// text, PDF); everything else stays an attachment.
	Inline bool

	// Sandbox is the Content-Security-Policy under which documents that run what is in them (SVG, HTML, XML) are
	// shown when Inline is set: for example "default-src 'none'; style-src 'unsafe-inline'; sandbox". It
	// must have a sandbox directive, without allow-same-origin and allow-top-navigation. Empty, or any other, means that they
	// are never shown. Nobody but the server itself shows them: whoever sends them instead gets attachments.
	Sandbox string

	// Sniff looks at the beginning of content that is to be shown, for one more trip to the storage. Content
	// that turns out to be something else than its type says is saved, as application/octet-stream. Nothing
	// is ever given a type by what it looks like.
	Sniff bool

	// ContentType is sent as it is. When empty it is what the storage says, else what the name
	// suggests, else application/octet-stream.
	ContentType string

	// Header holds further fields: Cache-Control, Set-Cookie, or another value for a field that the server
	// would set by itself. Fields that describe the transfer (Content-Length, Content-Range …) and
	// validators, which belong to wrapper.File.WithInfo, are not taken from it.
	// A Content-Encoding in it says that the content is what the application wants it to be, and is sent
	// to every client as it is.
	Header http.Header

	// Variants hold the same content under content codings. A client is sent the one that it likes best, the
	// first of those that it likes the same, and File when it takes none or does not say. They are not offered
	// where there is an optimizer: a front server has variants of its own, and one tag must not stand for two of them.
	Variants []Variant

	personal bool           // see Authorized
	found    *mimetype.MIME // see Sniff; nil: not looked at
}

func (d *Download) filename() string {
	if d.Filename != "" {
		return d.Filename
	}
	return d.File.Base()
}

// contentType picks the type to send, given what the storage says.
func (d *Download) contentType(stored string) string {
	contentType := d.ContentType
	if contentType == "" {
		contentType = mediatype.For(stored, d.filename())
	}
	if belies(d.found, contentType) {
		return "application/octet-stream"
	}
	return contentType
}

// inline reports whether content of a type is shown. The name must not promise another type to what
// opens the saved file by its extension.
func (d *Download) inline(contentType string) bool {
	if !d.Inline || !mediatype.Inline(contentType) {
		return false
	}
	byName := mediatype.ByName(d.filename())
	return byName == "" || mediatype.Inline(byName)
}

func (d *Download) disposition(contentType string) string {
	return disposition.Format(d.inline(contentType), d.filename())
}

func inlineDisposition(name string) string { return disposition.Format(true, name) }
