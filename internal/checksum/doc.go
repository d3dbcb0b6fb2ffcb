// Package checksum verifies a body with the checksum that a storage holds of its object: one of the whole content, or a
// composite, the checksum of the checksums of the parts of an upload.
//
// [Whole] and [Composite] return the cheapest [Verifier]. The ends of the parts come from an [Upload], which can cost
// requests; [Layouts] remembers them for each version of an object.
package checksum
