// Package storagetest is a test kit for downloads: buckets and HTTP transports that record requests and inject
// faults, contract tests for your implementations, and assertions on responses.
//
// A test of a handler has three steps. A [Bucket] holds the objects, a [Fault] injects a failure, and a check
// compares the response:
//
//	b := storagetest.NewBucket(t, storagetest.Objects{"a.txt": "hello"})
//	b.Fault(storagetest.Fault{Op: storagetest.OpRead, At: 3, Action: storagetest.Break(nil)})
//	response := storagetest.Serve(handler(b), storagetest.Get(t, "/a.txt", storagetest.Range(0, 4)))
//	storagetest.CheckDownload(t, response, storagetest.Want{Status: 206, Body: "hello"})
//	assert.Equal(t, 2, b.Requests())
//
// The types, by what they do:
//
//   - Storage: [Bucket] is a *blob.Bucket in memory, in a directory ([NewDirBucket]), or around another bucket ([Record]). [Transport]
//     is an http.RoundTripper, and [FaultProxy] an HTTP server in front of a real storage.
//     [Objects] are the content, also [FromFS] or as [Txtar].
//   - Requests to the storage: each of these three has a [Recorder], with a [Call] for every request.
//   - Faults: each of them has a [Script] too, to which a test adds a [Fault] with an [Action]. An [Op] is the operation
//     that fails. Of requests: [Fail], [Status], [Stall], [Panic], [Run] and [IgnoreContext]. Of bodies: [Break],
//     [Truncate], [Extend], [Flip], [Checksum], [Drip] and [FailClose]. Of ranges: [IgnoreRange] and [ShiftRange]. Of
//     objects: [Overwrite], [Remove], [Resize], [ChangeValidators] and [StripValidators].
//   - Contracts: [TestFile], [TestSource] and [TestOptimizer] return one error that names every broken clause, like
//     testing/fstest.TestFS.
//   - Requests to a handler: [Get], [Head] and [NewRequest] with a [RequestOption] such as [Range], [RangeFrom],
//     [RangeLast], [IfMatch], [IfNoneMatch], [IfModifiedSince], [IfUnmodifiedSince], [IfRange], [IfRangeSince] or [Header], and
//     [Serve].
//   - Responses: [CheckDownload], [CheckXAccel], [CheckXSendfile], [CheckRedirect] and [CheckPresigned] compare a
//     [Response] with a [Want], [WantXAccel], [WantXSendfile], [WantRedirect] or [WantPresigned]. A zero field is not checked.
//     [TB] has the methods of a testing.TB that they use.
//   - Golden files: [Transcript] describes an exchange, [Golden] compares it with a file.
//
// A test cannot pass by accident. It fails if a reader is left open, with the stack that opened it, and if a fault never
// happens. [Bucket.File] fails it for a missing object. A check fails if its Want checks nothing, or if no response can
// meet it.
//
// Package storagetest/edge is an in-process nginx. Package storagetest/servers starts real reverse proxies.
package storagetest
