package blobdownload

import "time"

// Result is how a download ended.
type Result struct {
	Download *Download
	Status   int           // sent to the client, or that of the error that Serve returned
	Bytes    int64         // of the body that were written; -1 when somebody else sends it, which nobody here can count
	Redirect *Redirect     // what the optimizer answered, if it did
	Elapsed  time.Duration // from the call of Serve
	Requests int64         // made to the storage, repetitions included
	Resumes  int64         // of a storage's body that broke off

	// FirstByte is the time from the call of Serve until the first byte of a body could be written; 0 for none.
	FirstByte time.Duration
	Err       error // what Serve returned, or why the body broke off; nil when everything was sent
}
