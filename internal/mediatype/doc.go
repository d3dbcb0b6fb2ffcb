// Package mediatype computes the Content-Type of a download, and whether a browser may show it inline.
//
// The media type in a storage often comes from the uploader, so it is untrusted input: [Clean] parses and rewrites
// it. The media type of a file name comes from a table in this package, so it does not depend on the mime.types of
// the machine.
package mediatype
