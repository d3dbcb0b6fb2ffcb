// Package proxy makes somebody else send the bytes of a download: a front server, the cloud, a CDN.
//
// What it offers are optimizers ([blobdownload.Optimizer]): each sees a download before its body is touched,
// and either answers a redirect or leaves the download to the next one, and at last to the server, which
// streams it.
package proxy
