package s3

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// VersionAt returns the version that was current at a time, by the list of the object's versions: the newest that is not
// newer than the time. S3 dates versions in whole seconds. One request returns up to 1,000 versions, the newest first.
func (s *store) VersionAt(ctx context.Context, key string, at time.Time) (string, error) {
	full, err := s.keys.InStore(ctx, key)
	if err != nil {
		return "", err
	}
	in := &s3.ListObjectVersionsInput{Bucket: &s.bucket, Prefix: &full}
	for {
		page, err := s.client.ListObjectVersions(ctx, in)
		if err != nil {
			return "", upstream.WithoutURL(err)
		}
		found, done := newest(page, full, at)
		if found != "" || done {
			return upstream.FoundVersion(found, at)
		}
		in.KeyMarker, in.VersionIdMarker = page.NextKeyMarker, page.NextVersionIdMarker
	}
}

// newest returns the newest version of a page that is not newer than a time. done reports that no other page has one. Keys
// are listed in order, so those of other objects with this prefix follow.
func newest(page *s3.ListObjectVersionsOutput, key string, at time.Time) (version string, done bool) {
	done = !aws.ToBool(page.IsTruncated) || aws.ToString(page.NextKeyMarker) > key
	var from time.Time
	for _, v := range page.Versions {
		modified := aws.ToTime(v.LastModified)
		if aws.ToString(v.Key) != key || modified.After(at) || version != "" && !modified.After(from) {
			continue
		}
		version, from = aws.ToString(v.VersionId), modified
		if version == "" || version == "null" && aws.ToBool(v.IsLatest) { // without versioning, responses name no version
			version = aws.ToString(v.ETag)
		}
	}
	for _, m := range page.DeleteMarkers {
		modified := aws.ToTime(m.LastModified)
		if aws.ToString(m.Key) == key && !modified.After(at) && (modified.After(from) || modified.Equal(from) && aws.ToBool(m.IsLatest)) {
			version, from, done = "", modified, true
		}
	}
	return version, done
}
