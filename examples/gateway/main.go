// Command gateway serves buckets over HTTP.
package main

import (
	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob"

	_ "github.com/go-downloadview/downloadview/wrapper/azure"
	_ "github.com/go-downloadview/downloadview/wrapper/gcs"
	_ "github.com/go-downloadview/downloadview/wrapper/s3"
)

func main() {}
