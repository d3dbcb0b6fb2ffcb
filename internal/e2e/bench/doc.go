// Package bench compares the CPU cost of a download with that of a handler that uses the provider's SDK, in one run and
// on one machine. The storage and the clients are separate processes, so only the server's cost counts.
package bench
