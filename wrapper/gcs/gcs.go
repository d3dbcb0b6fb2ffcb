// Package gcs makes buckets of Google Cloud Storage known by their URL scheme, gs://: import it for that effect.
package gcs

import _ "gocloud.dev/blob/gcsblob" // registers the scheme
