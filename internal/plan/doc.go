// Package plan evaluates the preconditions and ranges of a GET or HEAD request (RFC 9110). It returns the status
// and the windows of the representation to send.
//
// [Decide] has two inputs, a [Request] with the relevant fields and Facts about the file, and returns a
// [Decision]. It reads no file, writes no header and keeps no state. All code that serves bytes uses it, whether
// that code evaluates preconditions before the open or leaves them to the storage.
//
// Preconditions are evaluated first, in the order of section 13.2.2, then ranges, for GET only. A Range field that
// is invalid, has another unit or has too many ranges is ignored, as section 14.2 allows. A request with one
// precondition or one range costs no allocation. All functions are safe for concurrent use.
package plan
