package blobdownload

import (
	"net/http"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"github.com/go-downloadview/downloadview/wrapper"
)

// Download is a file and how to offer it to a client. It is a plain value: inspect, test and optimize it
// before anything is opened. The zero values of its options are the safe ones.
type Download struct {
	// File is the content; required. Without it the response is a 500.
	File *wrapper.File

	// Filename is the name offered to the client. "" means the name in the object's stored Content-Disposition, else the
	// last element of File.Name(); see WithStoredName. It is sent without separators, control characters and direction
	// characters, and with at most 255 bytes.
	Filename string

	// Inline makes the browser show the content instead of saving it. It takes effect only for media types
	// that run no code: images except SVG, audio, video, plain text and PDF. Any other stays an attachment.
	Inline bool

	// Sandbox is the Content-Security-Policy with which Inline also shows SVG, HTML and XML, for example
	// "default-src 'none'; style-src 'unsafe-inline'; sandbox". It must have a sandbox directive without
	// allow-same-origin and allow-top-navigation. With "" or any other policy such documents stay
	// attachments. Offloaded ones always do.
	Sandbox string

	// Sniff compares the beginning of Inline content with its media type, for one more request to the
	// storage. Content that contradicts its type becomes an attachment of type application/octet-stream.
	// Content is never given a media type by its appearance.
	Sniff bool

	// ContentType is the media type to send. "" means the stored type, else the type of the name's
	// extension, else application/octet-stream.
	ContentType string

	// Header holds further fields, such as Cache-Control and Set-Cookie. They replace fields that the server
	// would set. Fields of the transfer (Content-Length, Content-Range …) are ignored.
	// Validators are ignored too: set them with wrapper.File.WithInfo. A Content-Encoding states how the content is
	// stored; every client then gets the stored bytes.
	Header http.Header

	// Variants hold the same content under content codings. The server sends the variant with the highest
	// weight in Accept-Encoding, the first of equal ones. Without that field, or if the client accepts no
	// variant, it sends File. With an optimizer they are ignored: one entity-tag must not stand for two
	// variants.
	Variants []Variant

	// Rate bounds the rate of this download, in addition to Server.Rate: a view sets one value for all downloads
	// of a plan. nil means no further bound.
	Rate *RateLimit

	private bool           // for the browser's cache alone: set by View.Authorized and by links for one client
	noStore bool           // for no cache: set by links for one use
	expires time.Time      // after which no cache may use the download; zero: never
	found   *mimetype.MIME // by Sniff; nil: not sniffed
}
