package blobdownload

import "golang.org/x/sys/unix"

// queued returns how many bytes in the socket the client's host has not acknowledged, or -1.
func queued(conn socket) int {
	raw, err := conn.SyscallConn()
	if err != nil {
		return -1
	}
	n := -1
	if raw.Control(func(fd uintptr) {
		if bytes, err := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ); err == nil {
			n = bytes
		}
	}) != nil {
		return -1
	}
	return n
}
