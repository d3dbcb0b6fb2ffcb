// Package s3 makes wrapper read buckets of S3, and of stores with its protocol, in one request an object. Importing it
// registers the URL scheme s3:// and the provider.
//
// A bucket has one of two routes to its store, with the same responses. The direct one signs requests here and
// sends them by one HTTP transport, which costs less CPU than the AWS SDK: docs/clouds.md has figures. The SDK still
// provides the endpoint, the escaping of keys and the credentials. It also is the other route, for clients that change
// their requests: with interceptors or middleware, a signer of their own, S3 Express sessions or Signature Version 4A.
//
// A tracer, a meter and a retryer of a client do not see the direct route's requests.
//
// The forms that a request takes on its way are in the comment of package internal/upstream.
package s3
