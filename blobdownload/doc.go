// Package blobdownload serves files of Go CDK buckets, disks, memory and other servers as HTTP downloads.
//
// A request is answered in four steps:
//
//  1. A [View] maps the request to a [Download]: a file, and how to offer it. Nothing is opened.
//  2. A [Server] rejects other methods than GET and HEAD, and passes the Download to its [Optimizer].
//  3. The Optimizer may return a [Redirect]: a reverse proxy, the cloud or a CDN then sends the bytes.
//  4. Any other download is streamed with the semantics of RFC 9110: preconditions, ranges, HEAD and
//     content codings. Most responses cost one request to the storage.
//
// The first steps of a program:
//
//	docs, err := blobdownload.OpenStorage(ctx, "s3://my-docs?region=eu-west-1")
//	…
//	var server blobdownload.Server
//	view := blobdownload.StorageView(docs, blobdownload.PathValue("key"))
//	http.Handle("/docs/{key...}", server.Handler(view))
//
// # Types
//
//   - Content: [Storage] is a bucket opened by URL, [Paths] is a directory. [Download] is one file as it is
//     offered. [Variant] is the same content under a content coding.
//   - Views: [StorageView], [ObjectView], [AuthorizedObjectView], [PathView], [HTTPView], [VirtualView]
//     and [LinkView] return a View. Its methods wrap it: [View.Authorized], [View.Cached], [View.Inline], [View.Named].
//   - Policies: [CanonicalKey] and [AnyKey] are the keys that a Storage may accept. [Private], [Public], [NoStore],
//     [Immutable] and [Versioned] with [Fingerprinted] are values of Cache-Control.
//   - Serving: [Server] has the options, [ClientLimit] bounds downloads, [RateLimit] bytes per second,
//     [Result] describes one that ended.
//   - Offloading: [Optimizer], [Redirect] and [Validators]. Package proxy implements optimizers.
//   - Signed links: [Signer] makes and verifies a [Link]; [OneUse] stores which links have been used. A
//     [UseStore], such as [MemoryUses], also counts downloads, at most [MaxDownloads] a link.
//   - Grants: a [Grant] covers the objects below a prefix. [Signer.RequireGrant] verifies it, [GrantView] serves the
//     objects, and [GrantOf] returns it.
//   - Errors: [Status] maps an error to a status, [StatusError] states one.
//
// # Failures
//
// A failure before the body is an HTTP error. A failure inside the body aborts the connection, or the HTTP/2
// stream. A truncated body, or one of two versions, never ends like a complete one.
package blobdownload
