// Package gcs makes wrapper read buckets of Google Cloud Storage in one request an object. Importing it registers the
// URL scheme gs:// and the provider.
//
// A bucket opened with wrapper.OpenBucket or blobdownload.OpenStorage has the direct route: requests to the service's
// XML API, with the Application Default Credentials that Go CDK uses for such a URL. Each carries every
// precondition and range, and its response has all metadata. The entity-tag is the service's, which clients of
// presigned URLs see as well.
//
// Any other bucket, and one read using gRPC, has the route of the SDK's client that it holds. The SDK returns no
// entity-tag of the XML API: the object's generation takes its place, and a request with If-None-Match or a
// condition on a date looks the metadata up first.
//
// Objects are read as they are stored, never decompressed, and always in one generation.
//
// The forms that a request takes on its way are in the comment of package internal/upstream.
package gcs
