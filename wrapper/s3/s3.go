// Package s3 makes buckets of S3 known by their URL scheme, s3://: import it for that effect.
package s3

import _ "gocloud.dev/blob/s3blob" // registers the scheme
