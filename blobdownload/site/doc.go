// Package site serves a static web site or a single-page application from a storage: index documents, clean URLs, a
// fallback page, a 404 page, precompressed variants and immutable assets.
//
// A [Site] lists its keys, so that each path is decided in memory and a page costs at most one storage request. Its View
// composes as other views do, and optimizers offload its downloads.
//
// Pages run their scripts on the origin that serves them. A site must hold trusted content: serve files of users from
// another origin.
package site
