// Package accesslog reads the logs of nginx, Amazon S3 and CloudFront as results of downloads.
//
// The server of an offloaded download does not send its bytes: the Bytes of its [blobdownload.Result] is -1. The log of the
// server that sent them has the number. A [Reader] yields one [Record] for each GET and HEAD in such a log: the
// status, the bytes of the body, the client, the path, and whether the response was complete. The RequestID of
// a Record is that of the application's Result.
//
// [NewReader] returns the Reader of one log, in a [Format]: [Nginx], [S3], [CloudFront], or [Detect]. [Completeness] is
// whether the whole body was sent; [ErrIncomplete] and [ErrUnknown] are the same as an error of the Result.
//
// A Reader holds one line in memory. Lines that are truncated, overlong, hostile or of another format are skipped and
// counted. Only a failure of the underlying io.Reader is an error.
package accesslog
