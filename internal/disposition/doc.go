// Package disposition builds values of the Content-Disposition field: RFC 6266 for the
// field, RFC 8187 for names that ASCII cannot hold.
//
// A name passes two steps. Sanitize makes it one that a client may safely save under: a
// single path segment, visible, not longer than a file name can be. Format writes that name
// so that every reader finds the same one, and only one, in the field.
package disposition
