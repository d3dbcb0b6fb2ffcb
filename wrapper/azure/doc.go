// Package azure makes wrapper read containers of Azure Blob Storage in one request an object. Importing it registers the
// URL scheme azblob:// and the provider.
//
// A container opened with wrapper.OpenBucket or blobdownload.OpenStorage has the direct route: requests are signed here.
// The environment must have an account key, a connection string with one, or a shared access signature. All others
// (Microsoft Entra ID, buckets opened in another way, keys with rare characters) have the SDK's route, with the
// same responses.
//
// A suffix range (bytes=-500) costs two requests, since the service has none. A signed URL that sets a file name, a
// media type or Cache-Control needs the account's key: from [UseSharedKey], or from the environment.
//
// The environment is read when a bucket is first used. The forms that a request takes on its way are in the comment of
// package internal/upstream.
package azure
