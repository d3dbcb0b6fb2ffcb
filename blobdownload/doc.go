// Package blobdownload turns requests into downloads and sends them.
//
// A [View] says what to serve: it maps a request to a [Download], which names and describes a file and opens
// nothing. A [Server] sends it in the cheapest correct way: an [Optimizer] may replace it by a redirect
// to somebody who sends the bytes instead; what nobody takes is streamed with the semantics of RFC 9110
// (conditions, ranges, HEAD) at the fewest trips to the storage. A [Storage] is a Go CDK bucket opened
// by URL.
//
//	docs, err := blobdownload.OpenStorage(ctx, "s3://my-docs?region=eu-west-1")
//	…
//	var server blobdownload.Server
//	view := blobdownload.StorageView(docs, blobdownload.PathValue("key"))
//	http.Handle("/docs/{key...}", server.Handler(view))
//
// Whatever breaks, a client gets the exact bytes, a clean HTTP error before the body, or a transport
// error: never a short or mixed body that ends cleanly.
package blobdownload
