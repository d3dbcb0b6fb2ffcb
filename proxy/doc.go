// Package proxy offloads downloads: a reverse proxy, the storage itself or a CDN sends the body.
//
// Its optimizers are [blobdownload.Optimizer] values. An optimizer returns a redirect, or nil to leave the download to
// the next optimizer. A download that no optimizer takes is streamed by the [blobdownload.Server].
//
//	XAccel           nginx or Caddy sends a file that it sees in a Mount
//	XSendfile        Apache or lighttpd sends a file that it sees in a Mount
//	Presign          the client fetches the object from the storage, by a signed URL
//	XAccelPresigned  nginx fetches the object from the storage, by a signed URL, and can cache it
//	CDN              the client fetches the object from a CDN, by a URL that a URLSigner signs
//	First, When      combine optimizers, and restrict them by a Rule:
//	                 InStore, UnderPrefix, AtLeast, ForType, ForClient or a RuleFunc
//
// A [Mount] maps the keys of a storage to the locations of a proxy or a CDN; its [KeyForm] is [PlainKeys] or
// [FileBlobKeys]. A [PathForm] is how the proxy of XSendfile reads a path. [ClientMatch] describes the proxy to ForClient.
// [Lifetime] sets how long signed URLs are valid. [CloudCDN] is the [URLSigner] of Google Cloud CDN, package
// proxy/cloudfront has that of CloudFront, and [PublicFiles] stands for a CDN without signatures.
// [NginxHints] are nginx's own settings for one response. [Validate] reports configuration errors when a program starts.
// Package proxy/probe checks a running installation, docs/servers holds configurations of the servers.
package proxy
