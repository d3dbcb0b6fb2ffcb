package resume_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/resume"
)

// idleReader returns neither bytes nor an error so often, then reads from the reader.
type idleReader struct {
	io.Reader
	idle int
}

func (r *idleReader) Read(p []byte) (int, error) {
	if r.idle > 0 {
		r.idle--
		return 0, nil
	}
	return r.Reader.Read(p)
}

func TestReadSomeReadsAByteOrReturnsAnError(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		source io.Reader
		want   int
		err    error
	}{
		"bytes":                  {strings.NewReader("ab"), 2, nil},
		"bytes with the error":   {iotest.DataErrReader(strings.NewReader("ab")), 2, nil},
		"the end":                {strings.NewReader(""), 0, io.EOF},
		"an error":               {iotest.ErrReader(io.ErrClosedPipe), 0, io.ErrClosedPipe},
		"bytes after 99 reads":   {&idleReader{strings.NewReader("ab"), 99}, 2, nil},
		"no byte in 100 reads":   {&idleReader{strings.NewReader("ab"), 100}, 0, io.ErrNoProgress},
		"the end after 99 reads": {&idleReader{strings.NewReader(""), 99}, 0, io.EOF},
	} {
		n, err := resume.ReadSome(tt.source, make([]byte, 4))
		assert.Equal(t, tt.want, n, name)
		assert.Equal(t, tt.err, err, name)
	}
}
