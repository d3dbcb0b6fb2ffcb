package blobdownload

import "sync"

// Sizes of the copy loop's buffers. 256 KiB saves a third of the CPU of 32 KiB. For a slow client a large buffer
// only costs memory, so a thousand stalled clients hold one small buffer each: 12 KiB, for which the allocator has a size,
// or 16 KiB, which is one record of TLS.
const (
	plainBuffer  = 12 << 10
	smallBuffer  = 16 << 10
	mediumBuffer = 64 << 10
	largeBuffer  = 256 << 10
)

var (
	plainBuffers  = sync.Pool{New: func() any { return new([plainBuffer]byte) }}
	smallBuffers  = sync.Pool{New: func() any { return new([smallBuffer]byte) }}
	mediumBuffers = sync.Pool{New: func() any { return new([mediumBuffer]byte) }}
	largeBuffers  = sync.Pool{New: func() any { return new([largeBuffer]byte) }}
)

// takeBuffer returns the smallest buffer for n bytes, or a large one.
func takeBuffer(n int64) []byte {
	switch {
	case n <= plainBuffer:
		return plainBuffers.Get().(*[plainBuffer]byte)[:]
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
	case plainBuffer:
		plainBuffers.Put((*[plainBuffer]byte)(b))
	case smallBuffer:
		smallBuffers.Put((*[smallBuffer]byte)(b))
	case mediumBuffer:
		mediumBuffers.Put((*[mediumBuffer]byte)(b))
	case largeBuffer:
		largeBuffers.Put((*[largeBuffer]byte)(b))
	}
}

// firstBuffer returns the buffer for the start of a body of n bytes. A short body takes one that holds all of it. A long
// one, or one of unknown length, starts with the small buffer, as does a local file that is sent with sendfile.
func (c *copier) firstBuffer(n int64) []byte {
	if n < 0 || n > largeBuffer || c.file {
		n = c.small
	}
	return takeBuffer(n)
}
