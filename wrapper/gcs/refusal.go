package gcs

import "strconv"

// hint says which bucket it was, and what to do about it where the service's code is one that deployments run into.
func hint(bucket, code string) string {
	text := "GCS bucket " + strconv.Quote(bucket)
	if h := hints[code]; h != "" {
		text += ": " + h
	}
	return text
}

var hints = map[string]string{
	"AccessDenied":           "the credentials may not read the object: they need storage.objects.get",
	"AuthenticationRequired": "the service does not know the credentials, or there are none",
	"NoSuchBucket":           "the bucket does not exist",
	"UserProjectMissing":     "the bucket makes whoever reads it pay, and no project to pay was named",
}
