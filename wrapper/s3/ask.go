package s3

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/go-downloadview/downloadview/internal/bucketkey"
)

// ask returns the bucket and the key that the driver would ask its client for.
var ask = bucketkey.Before(func(as func(any) bool) (bucket, full string, ok bool) {
	var in *s3.GetObjectInput
	if !as(&in) {
		return "", "", false
	}
	return aws.ToString(in.Bucket), aws.ToString(in.Key), true
})
