package blobdownload

import "sync"

// Sizes of the copy loop's buffers. 256 KiB saves a third of the CPU of 32 KiB. For a slow client a large buffer
// only costs memory, so a thousand stalled clients hold one small buffer each.
const (
	smallBuffer  = 16 << 10
	mediumBuffer = 64 << 10
	largeBuffer  = 256 << 10
)

var (
	smallBuffers  = sync.Pool{New: func() any { return new([smallBuffer]byte) }}
	mediumBuffers = sync.Pool{New: func() any { return new([mediumBuffer]byte) }}
	largeBuffers  = sync.Pool{New: func() any { return new([largeBuffer]byte) }}
)

// takeBuffer returns the smallest buffer for n bytes, or a large one.
func takeBuffer(n int64) []byte {
	switch {
	case n <= smallBuffer:
		return smallBuffers.Get().(*[smallBuffer]byte)[:]
	case n <= mediumBuffer:
		return mediumBuffers.Get().(*[mediumBuffer]byte)[:]
	default:
		return largeBuffers.Get().(*[largeBuffer]byte)[:]
	}
}

// putBuffer puts back a buffer of takeBuffer; nil is none.
func putBuffer(b []byte) {
	switch len(b) {
	case smallBuffer:
		smallBuffers.Put((*[smallBuffer]byte)(b))
	case mediumBuffer:
		mediumBuffers.Put((*[mediumBuffer]byte)(b))
	case largeBuffer:
		largeBuffers.Put((*[largeBuffer]byte)(b))
	}
}

// firstBuffer returns the buffer for the start of a body of n bytes. A short body takes one that holds all of it. A long
// one, or one of unknown length, starts with a small buffer, as does a local file that is sent with sendfile.
func firstBuffer(n int64, sendfile bool) []byte {
	if n < 0 || n > largeBuffer || sendfile {
		n = smallBuffer
	}
	return takeBuffer(n)
}
