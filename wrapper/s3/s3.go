// Package s3 makes buckets of S3, and of the many stores that speak its protocol, known by their URL
// scheme, s3://, and has their objects asked for in one request each. Import it for that effect.
//
// Requests do not go through the AWS SDK where they need not: measured, its GetObject costs five times
// the CPU and ten times the allocations of the same request signed here. The SDK still says where a
// bucket is, how its keys are escaped and whose credentials are used, and it sends the requests of every
// client that was told to do something special with them: interceptors and middleware, a signer of its
// own, access by S3 Express sessions or Signature Version 4A. The answers are the same.
//
// A tracer or a meter given to a client, and its retries, do not see what goes past it.
package s3

import (
	"github.com/go-downloadview/downloadview/wrapper"

	_ "gocloud.dev/blob/s3blob" // registers the scheme
)

func init() { wrapper.RegisterStore(open) }
