// Package plan decides, by RFC 9110, how a GET or a HEAD is answered: with the whole, with some windows of it,
// or with neither.
//
// [Decide] takes the fields of the request that bear on the matter and what is known of the file, and names a
// status and the windows to send. It reads no file, writes no header and keeps no state, so that everything that
// serves bytes, whether it asks before opening or pushes the question down to a storage, shares one reading of the
// RFC.
//
// Preconditions come first, in the order of section 13.2.2; ranges after them, for GET alone. A Range field that
// is malformed, of another unit or out of proportion is ignored, as section 14.2 allows: its request is answered
// with the whole. Nothing here allocates for a request of one condition or one range.
package plan
