// Package archive serves several files as one zip or tar archive, and one file of a zip archive, with a length, an
// entity-tag and ranges.
//
// # Archives
//
// [Zip] and [Tar] return a *wrapper.File of a list of [Member] values. [Prefix] is a Member that stands for all objects
// under a prefix of a bucket. [Options] has the limits, the read-ahead and the treatment of missing members. Nothing is
// stored and nothing is read before a request.
//
// Every request first describes all members, several at a time, so that a missing one is a 404 instead of an aborted
// download. A member with metadata from wrapper.File.WithInfo is not described.
//
// # Ranges
//
// The bytes of an archive are a function of the names, the sizes, the modification times, the checksums and the content
// of its members. A range reads only the members under it. Each is pinned to the version that was described: if it is
// replaced while it is read, the download fails. The entity-tag of an archive is a hash of the members' metadata. It is
// strong if each member has a strong entity-tag, a version or a digest, and a client can then resume.
//
// A tar archive contains no checksum of content, so it can be resumed at any byte for the cost of the rest. A zip archive
// contains the CRC-32 of every member. A CRC-32 that is in the member's Digests ("crc32") costs nothing. An unknown one is
// computed while the member is sent. A range that contains an unknown CRC-32, but not the whole member, costs one more read
// of that member. [Checksums] remembers the computed ones: [MemoryChecksums] in memory, [BucketChecksums] in a bucket.
//
// # Zip
//
// Members are stored without compression. A member of known CRC-32 uses the method "stored", with sizes and CRC-32 in its
// local header. A member of unknown CRC-32 uses the method "deflate" with uncompressed blocks (RFC 1951 section 3.2.4)
// and a data descriptor. Streaming readers such as Java's ZipInputStream reject a descriptor after stored content. The blocks
// add 5 bytes for each 64 KiB, and keep the length known.
//
// [Member.Deflate] compresses. The archive then has no known length and no ranges, as with a member of unknown length.
//
// # Files of an archive
//
// [Entry] returns one file of a zip archive in a bucket, and [Reader] has its limits and remembers the directories of
// archives. The first request for a file costs two storage requests, later ones cost one. [Reader.List] lists an archive,
// with an [EntryInfo] for each file. A damaged archive is [ErrFormat]; an archive above a limit of Options is [ErrLimit].
package archive
