package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/go-downloadview/downloadview/internal/e2e/s3server"
)

// key is the name of the only object.
const key = "report.pdf"

// openBucket makes a bucket with one object, and returns its URL and a function that removes it.
func openBucket(ctx context.Context, onS3 bool, size int64) (url string, stop func(), err error) {
	dir, err := os.MkdirTemp("", "walk-bucket")
	if err != nil {
		return "", nil, err
	}
	stop = func() { _ = os.RemoveAll(dir) }
	content := bytes.Repeat([]byte{'x'}, int(size))
	root, versions := filepath.Join(dir, "objects"), filepath.Join(dir, "versions")
	err = errors.Join(os.Mkdir(root, 0o700), os.Mkdir(versions, 0o700))
	if err == nil && !onS3 {
		err = os.WriteFile(filepath.Join(root, key), content, 0o600)
		url = "file://" + root
	}
	if err != nil || !onS3 {
		return url, stop, err
	}
	server, err := s3server.Run(ctx, root, versions)
	if err != nil {
		return "", stop, err
	}
	stop = func() {
		_ = server.Close()
		_ = os.RemoveAll(dir)
	}
	_, err = server.Client().PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(s3server.BucketName), Key: aws.String(key), Body: bytes.NewReader(content),
	})
	return server.URL(s3server.BucketName), stop, err
}
