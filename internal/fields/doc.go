// Package fields parses the header fields that a storage holds as an object's metadata: lists, content codings, languages
// and dates. Such a value is input, and may be anything. Each parser drops what the grammar of its field does not allow, so
// that its result can be sent. Media types and their charsets are the ground of internal/mediatype.
package fields
