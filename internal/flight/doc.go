// Package flight shares the result of one call between concurrent callers. A call is canceled when its last caller
// leaves, and has a time limit.
//
// [Group] is golang.org/x/sync/singleflight with an end: its calls do not continue without a caller, and a call that
// hangs does not block its key. [Each] makes several calls at a time. [Conclude] is the body of every goroutine that runs code
// of an application.
package flight
