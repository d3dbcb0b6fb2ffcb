// Package resume reads a window of a remote object over as many connections as it takes.
//
// A [Reader] starts on a connection that is open already. If that connection drops or stalls, Reader requests the
// rest of the window from its [Source], after a pause that grows with each failure in a row. If the client reads
// faster than one connection delivers, Reader requests several parts of the rest in parallel (read-ahead) and
// delivers them in order. It returns to one connection as soon as the client slows down.
//
// A Source opens windows of one version only, so that every byte of a Reader comes from the same representation.
package resume
