//go:build nocloud

package main

// schemesHint ends the error of an unknown scheme. Without the SDKs of the clouds, the first build takes a third of the time.
const schemesHint = " (s3, gs and azblob need a build without -tags nocloud)"
