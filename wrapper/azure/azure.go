// Package azure makes buckets of Azure Blob Storage known by their URL scheme, azblob://: import it for that effect.
package azure

import _ "gocloud.dev/blob/azureblob" // registers the scheme
