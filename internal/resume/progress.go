package resume

import "io"

// emptyReads is how many consecutive reads may return neither bytes nor an error, as in bufio. Without it such a
// source would spin for ever.
const emptyReads = 100

// ReadSome reads at least one byte, or returns an error. After emptyReads reads without either it is io.ErrNoProgress.
func ReadSome(r io.Reader, p []byte) (int, error) {
	for range emptyReads {
		if n, err := r.Read(p); n > 0 || err != nil {
			if n > 0 {
				err = nil // the next Read returns it again
			}
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}
