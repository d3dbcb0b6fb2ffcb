// Package wrapper represents files in object storage, on disk, in memory or behind a URL, and opens them only when a
// byte is read.
//
// # Files
//
// [File] is an immutable value: a name, a [Source] and options. Making one sends no request. [File.Stat] returns its
// metadata, an [Info]. [File.Fetch] answers a conditional, ranged [Request] with a [Response]; [File.Open] and
// [File.Reader] read the content; [File.SignedURL] signs a link to it. The methods named With… return a copy with one
// option changed.
//
// A file is made by one function for each kind of content:
//
//   - [Bucket.File] and [Blob]: an object in a bucket
//   - [FS] and [Root]: a regular file in an fs.FS or under an os.Root
//   - [URL]: a resource on an HTTP server; [NewGuardedClient] with [ClientOptions] makes a client for untrusted URLs
//   - [Bytes], [Func] and [Seq]: content in memory, or generated while it is sent
//   - [ReaderAt] and [ReadSeeker]: content of your own that can seek
//   - [Section] and [Concat]: a window of a file, and several files as one
//   - package wrapper/archive: several files as one zip or tar archive, or one file of a zip archive
//   - [Materializer.File]: another file, stored in a bucket on first use; a [Variant] has a key for it
//   - [New]: a Source of your own; [Invalid]: a file whose every use fails
//
// A file of a bucket has a [Location], which optimizers' rules match. [SignOptions] restrict a signed URL. A [Digest] is a
// checksum that the storage holds. A [Range] is a part of the content.
//
// A Source has two methods, Stat and Open. [Fetcher], [VersionOpener], [URLSigner], [Locator], [LocalSource], [Resolver] and
// [NetworkSource] are optional: File finds them by type assertion, so callers never do.
//
// # Buckets
//
// [OpenBucket] opens a [Bucket] by URL; [NewBucket] takes a *blob.Bucket that was opened elsewhere. A Bucket holds what a
// *blob.Bucket cannot: an identity for cache keys, the directory of a file:// bucket, and the provider's [Store]. The
// packages wrapper/s3, wrapper/gcs and wrapper/azure register Stores with [RegisterStore] when they are imported. A Store
// sends a conditional, ranged request as one HTTP request. Without one, Go CDK's portable API needs two requests, and ignores
// preconditions.
//
// A [StoreOpener] returns the Store of a bucket. [ConditionalStore], [PartStore], [VersionStore] and [IdleCloser] are optional
// interfaces of a Store.
//
// # The way of a request
//
// A client's request takes four forms on its way to a remote storage. Each drops what the next stage must not see.
//
//  1. *http.Request, as received.
//  2. [Request]: the fields that select a representation or a part of it (RFC 9110 sections 13 and 14). No other field of
//     the client's request is forwarded. Package internal/plan decides on the same value, converted to a type of its own
//     without a copy, because internal packages import no public one.
//  3. http.Header: the fields that one storage request carries. It is narrower than Request (no tag lists, no If-Range)
//     because storages were measured to evaluate those differently. nil means an unconditional request for the whole.
//  4. The provider's own signed request, made by [Store.Send].
//
// The way back has two: the storage's *http.Response, and the [Response] that is decided from it.
//
// # Several storages
//
// [FirstOf] reads from the first storage that has the content. A [Resolver] stands for the file that has it.
//
// # Limits and caches
//
// [Limiter] bounds the connections to one storage. [Admission] runs before every request. [InfoCache] caches metadata.
// [ReadOptions] configures retries, resumes and read-ahead.
//
// # Errors
//
// Errors are *fs.PathError values. They wrap a standard sentinel, where one fits, and the original error: errors.Is(err,
// fs.ErrNotExist) and errors.As with an SDK's type both work. An [UpstreamError] holds the status of a storage or remote
// server. A method HTTPStatusCode() int of an SDK's error is read as that status too. A method HTTPStatus() int, as
// [ErrBusy] has, is the status for the client. A body that is not what its metadata describes fails with [ErrChanged],
// [ErrLength] or [ErrChecksum]. A guarded client fails with [ErrAddress] or [ErrTooLarge]. After a [Retryable] error the same
// request may succeed.
//
// # For sibling packages
//
// Programs rarely need these:
//
//   - [Bucket.Store] returns the provider's Store, for storagetest's recorder.
//   - [WithTrace] counts the requests of a context in a Trace, for blobdownload's Result. [Response.Verified] is its checksum.
//   - [File.KnownInfo], [File.Version], [File.Resolve] and [Info.Status] decide without a request whether a file is
//     offloaded, for blobdownload and proxy.
//   - [Response.MaxSize] limits what blobdownload decodes.
//   - [File.OpenVersion] reads one file of several as one version, for package archive.
package wrapper
