//go:build !linux

package blobdownload

// queued returns -1: unknown.
func queued(socket) int { return -1 }
