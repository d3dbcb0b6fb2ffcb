// Package disposition builds values of the Content-Disposition field (RFC 6266), with names outside of ASCII (RFC
// 8187).
//
// A name has two steps. [Sanitize] makes it safe as a file name of a client: one visible path segment of limited
// length. [Format] writes it so that every parser reads the same name.
package disposition
