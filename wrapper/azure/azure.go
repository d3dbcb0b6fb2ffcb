// Package azure makes buckets of Azure Blob Storage known by their URL scheme, azblob://, and serves their
// objects in one request each: import it for that effect.
//
// A bucket that was opened by wrapper.OpenBucket or blobdownload.OpenStorage, with an account key or a shared access
// signature in the environment, is read past the SDK, by requests that are signed here. All others (Microsoft
// Entra ID, buckets opened in another way, keys with rare characters) go through it, with the same answers.
//
// A suffix range (bytes=-500) costs two requests, since the service has none. A signed URL that names a
// file name, a type or a cache policy needs the account's key: [UseSharedKey], or the
// environment that azblob:// URLs read too.
package azure

import (
	"github.com/go-downloadview/downloadview/wrapper"

	_ "gocloud.dev/blob/azureblob" // registers the scheme
)

func init() { wrapper.RegisterStore(open) }
