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
//   - Content: [Storage] is a bucket opened by URL, [Storages] are those of one application, [Paths] is a directory.
//     [Download] is one file as it is offered. [Variant] is the same content under a content coding; a [Decoder] decodes one.
//   - Views: [StorageView], [ObjectView], [AuthorizedObjectView], [PathView], [HTTPView], [VirtualView]
//     and [LinkView] return a View. Its methods wrap it: [View.Authorized], [View.Cached], [View.Inline], [View.Named].
//   - Policies: [CanonicalKey] and [AnyKey] are the keys that a Storage may accept. [Private], [Public], [NoStore],
//     [Immutable], [OfVersion] and [Versioned] with [Fingerprinted] are each a [CachePolicy], a value of Cache-Control.
//   - Serving: [Server] has the options, [ClientLimit] bounds downloads, [RateLimit] bytes per second,
//     [Result] describes one that ended. [RequestID] joins it with the log of the server that sent the bytes.
//   - Offloading: [Optimizer], [OptimizerFunc], [Redirect] and [Validators]; [Optimize] is middleware. Package proxy
//     implements optimizers.
//   - Signed links: [Signer] makes and verifies a [Link], with [SignerOptions] and a [SigningKey]; [LinkOf] returns the link
//     of a request. [OneUse] stores which links have been used. A
//     [UseStore], such as [MemoryUses], also counts downloads, at most [MaxDownloads] a link.
//   - Grants: a [Grant] covers the objects below a prefix. [Signer.RequireGrant] verifies it, [GrantView] serves the
//     objects, and [GrantOf] returns it.
//   - Errors: [Status] maps an error to a status, [StatusError] states one, [Unauthorized] is a 401. [ErrLink] is a rejected
//     link, [ErrSlowClient] an aborted client.
//
// # Failures
//
// A failure before the body is an HTTP error. A failure inside the body aborts the connection, or the HTTP/2
// stream. A truncated body, or one of two versions, never ends like a complete one.
package blobdownload
