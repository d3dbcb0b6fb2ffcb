package archive

import (
	"encoding/binary"
	"io"
)

// Uncompressed blocks of deflate (RFC 1951 section 3.2.4): a header of 5 bytes, then up to 65,535 bytes of content.
const (
	blockHeader  = 5
	blockContent = max16
	blockLength  = blockHeader + blockContent
)

// framedLength returns the length of content in blocks. Empty content is one empty block.
func framedLength(size int64) int64 {
	return size + blockHeader*max(1, (size+blockContent-1)/blockContent)
}

// contentOffset returns how many bytes of content are before an offset of the blocks.
func contentOffset(framed int64) int64 {
	return framed/blockLength*blockContent + max(0, framed%blockLength-blockHeader)
}

// blocks reads content in blocks.
type blocks struct {
	from io.Reader // content, from contentOffset(at) on
	size int64     // of the content
	at   int64     // offset of the blocks
}

func (b *blocks) Read(p []byte) (n int, err error) {
	for n < len(p) && b.at < framedLength(b.size) {
		in := b.at % blockLength
		block := b.at / blockLength * blockContent // offset of its content
		left := b.size - block
		if in < blockHeader {
			h := blockHead(min(left, blockContent), left <= blockContent)
			c := copy(p[n:], h[in:])
			n += c
			b.at += int64(c)
			continue
		}
		end := min(left, blockContent) + blockHeader
		c, err := b.from.Read(p[n:min(int64(len(p)), int64(n)+end-in)])
		n += c
		b.at += int64(c)
		if err != nil || in+int64(c) < end { // the next read may have to wait
			return n, err
		}
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// blockHead returns the header of a block.
func blockHead(n int64, last bool) (h [blockHeader]byte) {
	if last {
		h[0] = 1
	}
	binary.LittleEndian.PutUint16(h[1:], uint16(n))
	binary.LittleEndian.PutUint16(h[3:], ^uint16(n))
	return h
}
