package blobdownload

import "time"

// Result describes a download that has ended.
type Result struct {
	Download *Download     // as the view returned it
	Status   int           // sent to the client, or of the error that Serve returned
	Bytes    int64         // written of the body; -1 for an offloaded download: see RequestID
	Redirect *Redirect     // of the optimizer, if the download was offloaded
	Elapsed  time.Duration // since the call of Serve
	Requests int64         // to the storage over a network, retries included
	Resumes  int64         // of an interrupted body of the storage

	// Verified is the name of the storage's checksum that the body matched: "crc32c", "crc32-composite", "md5" … It is ""
	// for a body that was not verified: a range, or content without a usable checksum.
	Verified string

	// FirstByte is the time from the call of Serve until the first byte of a body. 0 means no body.
	FirstByte time.Duration

	// RequestID is the id of the request, as [RequestID] returns it; "" if it has none. The log of a proxy, of S3 or of a
	// CDN has the same id: see package accesslog.
	RequestID string

	Err error // returned by Serve, or the cause of an aborted body; nil for a complete response
}
