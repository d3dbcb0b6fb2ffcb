package wrapper_test

import (
	"context"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// hanging is content whose first generation hangs, and which the others complete. It ignores its context, unless
// obedient is set.
func hanging(made *atomic.Int64, release <-chan struct{}, obedient bool) *wrapper.File {
	return wrapper.Func("f", func(ctx context.Context, w io.Writer) error {
		if made.Add(1) > 1 {
			_, err := io.WriteString(w, digits)
			return err
		}
		if obedient {
			<-ctx.Done()
			return ctx.Err()
		}
		<-release
		return nil
	})
}

func TestZ8GenerationThatHangsIsGivenUpWithItsLastClient(t *testing.T) {
	t.Parallel()
	for name, obedient := range map[string]bool{"it ends with its context": true, "it ignores its context": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := memblob.OpenBucket(nil)
				defer b.Close()
				var made atomic.Int64
				release := make(chan struct{})
				f := materialized(hanging(&made, release, obedient), b, "k")
				var clients sync.WaitGroup
				for _, stays := range []time.Duration{time.Second, 2 * time.Second} {
					clients.Go(func() {
						ctx, cancel := context.WithTimeout(t.Context(), stays)
						defer cancel()
						_, _, err := download(ctx, f, wrapper.Request{})
						assert.ErrorIs(t, err, context.DeadlineExceeded)
					})
				}
				clients.Wait()
				assert.EqualValues(t, 1, made.Load())
				got, err := fetchAll(t, f, wrapper.Request{})
				require.NoError(t, err)
				assert.Equal(t, digits, string(got))
				close(release)
			})
		})
	}
}

func TestZ8GenerationHasATimeLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := memblob.OpenBucket(nil)
		defer b.Close()
		var made atomic.Int64
		release := make(chan struct{})
		f := materialized(hanging(&made, release, false), b, "k")
		_, _, err := download(t.Context(), f, wrapper.Request{})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		got, err := fetchAll(t, f, wrapper.Request{})
		require.NoError(t, err)
		assert.Equal(t, digits, string(got))
		close(release)
	})
}

// endingBody is content whose body calls end after some bytes.
type endingBody struct{ end func() }

func (endingBody) Stat(ctx) (wrapper.Info, error) {
	return wrapper.Info{Size: wrapper.UnknownSize, Sequential: true}, nil
}

func (s endingBody) Open(ctx, int64, int64) (io.ReadCloser, error) {
	sent := false
	return io.NopCloser(readerFunc(func(p []byte) (int, error) {
		if sent {
			s.end()
		}
		sent = true
		return copy(p, digits), nil
	})), nil
}

func TestZ9FailedGenerationLeavesNothing(t *testing.T) {
	t.Parallel()
	for how, end := range map[string]func(){"Goexit": runtime.Goexit, "boom": func() { panic("boom") }} {
		files := generators("ab", end)
		files["source"] = wrapper.New("f", endingBody{end})
		for kind, f := range files {
			t.Run(how+" "+kind, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true})
				require.NoError(t, err)
				defer b.Close()
				m := materializer(b)
				_, _, err = download(t.Context(), m.File(f, "k"), wrapper.Request{})
				require.ErrorContains(t, err, how)
				require.NoError(t, m.Shutdown(t.Context()))
				left, err := os.ReadDir(dir)
				require.NoError(t, err)
				assert.Empty(t, left)
			})
		}
	}
}
