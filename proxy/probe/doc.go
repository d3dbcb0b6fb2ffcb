// Package probe checks that a reverse proxy, a storage or a CDN really sends what package proxy offloads to it.
//
// A [Prober] writes small objects to a storage, requests them from each component between the storage and the clients,
// and deletes them. Each [Finding] names the component that fails and what to change. It is for the program that
// operates a site, not for the program that serves it.
//
// A [Mode] names what an installation does with a download: [Stream], [Offload] or [Redirect].
package probe
