// Package spool is a temporary file that is read while it is written.
//
// A [Spool] has one writer and any number of readers, each at a position of its own. A reader waits for bytes that are
// not written yet. The file has no name on systems where an open file can be removed, and is gone when the last user
// releases it.
package spool
