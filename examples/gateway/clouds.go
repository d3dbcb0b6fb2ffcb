//go:build !nocloud

package main

import (
	_ "github.com/go-downloadview/downloadview/wrapper/azure" // azblob://
	_ "github.com/go-downloadview/downloadview/wrapper/gcs"   // gs://
	_ "github.com/go-downloadview/downloadview/wrapper/s3"    // s3://
)

// schemesHint ends the error of an unknown scheme.
const schemesHint = ""
