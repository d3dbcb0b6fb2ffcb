package blobdownload_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/wrapper"
)

// A generator that ends before its first byte, in whichever way, is a clean error.
func TestE6E9GeneratorThatEndsBeforeItsFirstByteIs502(t *testing.T) {
	t.Parallel()
	for how, end := range map[string]func(){"Goexit": runtime.Goexit, "panic": func() { panic("boom") }} {
		for kind, f := range map[string]*wrapper.File{
			"Func": wrapper.Func("f", func(context.Context, io.Writer) error { end(); return nil }),
			"Seq":  wrapper.Seq("f", func(func([]byte, error) bool) { end() }),
		} {
			t.Run(how+" "+kind, func(t *testing.T) {
				t.Parallel()
				srv := startServer(t, quietServer().Handler(fileView(func(string) *wrapper.File { return f })))
				resp, err := roundTrip(t, srv, http.MethodGet, "/")
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
				assert.Equal(t, http.StatusBadGateway, resp.StatusCode)
			})
		}
	}
}
