package wrapper_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// generators returns files of generated content that call end after the first bytes.
func generators(first string, end func()) map[string]*wrapper.File {
	return map[string]*wrapper.File{
		"Func": wrapper.Func("f", func(_ ctx, w io.Writer) error {
			_, err := io.WriteString(w, first)
			end()
			return err
		}),
		"Seq": wrapper.Seq("f", func(yield func([]byte, error) bool) {
			if first == "" || yield([]byte(first), nil) {
				end()
			}
		}),
	}
}

func TestE6E9GeneratorThatEndsItsGoroutineFailsTheRead(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"", "ab"} {
		for how, end := range map[string]func(){"Goexit": runtime.Goexit, "panic": func() { panic("boom") }} {
			for kind, f := range generators(first, end) {
				t.Run(how+" "+kind+" "+first, func(t *testing.T) {
					t.Parallel()
					r, err := f.Open(t.Context(), 0, -1)
					require.NoError(t, err)
					got, err := io.ReadAll(r)
					require.Error(t, err)
					require.ErrorContains(t, err, map[string]string{"Goexit": "Goexit", "panic": "boom"}[how])
					assert.Equal(t, first, string(got))
					require.NoError(t, r.Close())
				})
			}
		}
	}
}

// endless returns files of generated content that count their generators, and stop only with a failed write.
func endless(running *sync.WaitGroup) map[string]*wrapper.File {
	block := []byte(strings.Repeat("0123456789", 100))
	write := func(_ ctx, w io.Writer) error {
		running.Add(1)
		defer running.Done()
		for {
			if _, err := w.Write(block); err != nil {
				return err
			}
		}
	}
	return map[string]*wrapper.File{
		"Func": wrapper.Func("f", write),
		"Seq": wrapper.Seq("f", func(yield func([]byte, error) bool) {
			running.Add(1)
			defer running.Done()
			for yield(block, nil) {
			}
		}),
		"declared": wrapper.Func("f", write).WithInfo(wrapper.Info{Size: 1 << 40}),
	}
}

func TestE10WindowOfGeneratedContentEndsWithEOF(t *testing.T) {
	t.Parallel()
	for kind := range endless(nil) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var running sync.WaitGroup
			f := endless(&running)[kind]
			r, err := f.Open(t.Context(), 0, 5)
			require.NoError(t, err)
			got, err := io.ReadAll(r)
			require.NoError(t, err)
			assert.Equal(t, "01234", string(got))
			require.NoError(t, r.Close())

			at := f.Reader(t.Context())
			p := make([]byte, 15)
			n, err := at.ReadAt(p, 0)
			require.NoError(t, err)
			assert.Equal(t, "012345678901234", string(p[:n]))
			require.NoError(t, at.Close())
			running.Wait()
		})
	}
}

// io.ReaderAt: fewer bytes than len(p) come with io.EOF, if the content ends before.
func TestE10ReadAtPastTheEndOfGeneratedContentIsEOF(t *testing.T) {
	t.Parallel()
	for kind, f := range both([]string{"ab", "cde"}, nil) {
		p := make([]byte, 100)
		n, err := f.Reader(t.Context()).ReadAt(p, 0)
		require.Equal(t, io.EOF, err, kind)
		assert.Equal(t, "abcde", string(p[:n]), kind)
	}
	for kind, f := range both([]string{"ab"}, errMidway) {
		_, err := f.Reader(t.Context()).ReadAt(make([]byte, 100), 0)
		require.ErrorIs(t, err, errMidway, kind)
	}
	_, err := wrapper.Func("f", func(ctx context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "abc")
		return errors.Join(err, io.ErrUnexpectedEOF)
	}).Reader(t.Context()).ReadAt(make([]byte, 100), 0)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
