// Package storagetest is what downloads are tested with: buckets that remember every call and can fail in every
// way, the contracts of this library as functions that test an implementation of yours, and checks that
// read like the specification.
//
// A [Bucket] is a *blob.Bucket in memory, in a directory, or around any other. What the code under test did to
// it is counted, and what shall go wrong is a script:
//
//	b := storagetest.NewBucket(t, storagetest.Objects{"a.txt": "hello"})
//	b.Fault(storagetest.Fault{Op: storagetest.OpRead, At: 3, Action: storagetest.Break(nil)})
//	… // serve wrapper.Blob(b.Bucket, "a.txt")
//	assert.Equal(t, 2, b.Requests())
//
// A [Transport] and a [Proxy] do the same for HTTP: the one for code that takes an *http.Client, the other as a
// real server before a real store. Nothing passes silently: a reader left open fails the test with the
// stack that opened it, a fault that never happened fails it, and so does the name of an object that does not
// exist.
//
// [TestFile], [TestSource] and [TestOptimizer] return one error that names each clause of the contract that is
// broken, like testing/fstest.TestFS.
//
// A check takes what a handler wrote or what a client received, and an expectation whose zero fields are not
// checked. It fails the test with one message that shows what differs. An expectation that no response can
// meet fails as well, and says why: no check passes without having compared anything.
//
// Package storagetest/servers starts the real front servers that a download may be handed over to.
package storagetest
