// Package threats lists the known ways to break a download server, each with the tests that show that this one
// resists, or with the reason why it does not apply. All of its code is in test files.
//
// A threat has an id of two letters and a number, such as RG1. The letters are its family:
//
//	RG  ranges: abusive, odd and unsatisfiable Range and If-Range fields
//	TR  torn reads: truncated bodies, mixed versions, wrong digests
//	CD  Content-Disposition and media types: file names, and what browsers do with content
//	PT  paths: traversal, symlinks, special files, keys
//	SF  server-side request forgery and remote files: URLs, addresses, fields of two hops
//	SG  signed links: forgery, expiry, rotation of keys
//	LD  load: slow clients, aborts, retries, panics, logs
//	CC  caches and HTTP semantics: shared caches, preconditions, methods
//	XA  X-Accel-Redirect and X-Sendfile: escaping, prefixes, fields that control the proxy
//	PS  presigned URLs and CDNs: lifetimes, overrides, redirects
//	PB  public URLs of a CDN without signatures
//	GR  grants: prefixes, scope, replay, cookies, CDNs
//	AL  allowances: races, replay, probing, accounts
//	ZP  archives: names of entries, sizes
//	MV  content that moves between storages
//	VN  versions of objects
//	ST  static sites: paths, redirects, hidden files, listings
//	RT  rates: ways around them
//	LG  logs of deliveries: injection, forged ids, lines that hide a download
//
// The table in table_test.go has one line for each id. An id is stable; the numbers have gaps. A test fails if an id
// has neither a test nor a reason, or if it names a test that does not exist. The tests of this package are those
// that concern several packages. The comment of each begins with its ids.
package threats
