// Package bench measures what a download costs the server beside what it costs with the provider's SDK, in
// one run and on one machine. The storage and the clients are processes of their own: what is counted is
// the server's alone.
package bench
