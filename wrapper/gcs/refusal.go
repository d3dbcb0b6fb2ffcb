package gcs

import (
	"strconv"

	"github.com/go-downloadview/downloadview/wrapper"
)

// refusal is an answer that is not content, and that no repetition makes so.
type refusal struct {
	status int
	code   string // the service's, "" where the answer has none, as those to HEAD
	bucket string
}

func (e *refusal) Error() string {
	text := "GCS bucket " + strconv.Quote(e.bucket)
	if hint := hints[e.code]; hint != "" {
		text += ": " + hint
	}
	return text + ": " + e.Unwrap().Error()
}

func (e *refusal) Unwrap() error { return &wrapper.StatusError{StatusCode: e.status, Code: e.code} }

// hints say what to do about the codes that a deployment runs into.
var hints = map[string]string{
	"AccessDenied":           "the credentials may not read the object: they need storage.objects.get",
	"AuthenticationRequired": "the service does not know the credentials, or there are none",
	"InvalidObjectState":     "the object is archived, or its key is not there",
	"NoSuchBucket":           "the bucket does not exist",
	"UserProjectMissing":     "the bucket makes whoever reads it pay, and no project to pay was named",
}
