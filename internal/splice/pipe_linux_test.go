package splice_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/internal/splice"
)

// take returns a pipe, which the test puts back. Tests of this package take pipes one after the other.
func take(t *testing.T) *splice.Pipe {
	t.Helper()
	p := splice.Take()
	require.NotNil(t, p)
	return p
}

// connected returns both ends of a TCP connection.
func connected(t *testing.T) (near, far *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	c, err := net.Dial("tcp4", l.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	d, err := l.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Close() })
	return c.(*net.TCPConn), d.(*net.TCPConn)
}

// spliced returns a connection that reads into windows, and its far end.
func spliced(t *testing.T) (conn net.Conn, far *net.TCPConn) {
	t.Helper()
	near, far := connected(t)
	conn, err := splice.Dial(func(context.Context, string, string) (net.Conn, error) { return near, nil })(t.Context(), "tcp4", "")
	require.NoError(t, err)
	require.IsType(t, &splice.Conn{}, conn)
	return conn, far
}

func content(r *rand.Rand, n int) []byte {
	var seed [32]byte
	binary.NativeEndian.PutUint64(seed[:], r.Uint64())
	b := make([]byte, n)
	_, _ = rand.NewChaCha8(seed).Read(b)
	return b
}

// responses is an HTTP server whose connections are read into windows.
func responses(t *testing.T, h http.HandlerFunc) (get func() *http.Response) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	tr := &http.Transport{DialContext: splice.Dial(new(net.Dialer).DialContext), ReadBufferSize: 2 << 10, DisableCompression: true}
	t.Cleanup(tr.CloseIdleConnections)
	return func() *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
		require.NoError(t, err)
		resp, err := tr.RoundTrip(r)
		require.NoError(t, err)
		return resp
	}
}

// The body of a response arrives whole, in any mixture of reads into a window and into other slices. The server sends
// pieces of any size, with a length or in chunks. A mirrored window has what the pipe has.
func TestRandomReadsOfResponses(t *testing.T) {
	const seeds = 200
	var r *rand.Rand
	var body []byte
	get := responses(t, func(w http.ResponseWriter, _ *http.Request) {
		if r.IntN(3) > 0 {
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		}
		pieces := rand.New(rand.NewPCG(r.Uint64(), 1))
		for rest := body; len(rest) > 0; {
			n := min(len(rest), 1+pieces.IntN(1+pieces.IntN(300<<10)))
			_, _ = w.Write(rest[:n])
			_ = http.NewResponseController(w).Flush()
			rest = rest[n:]
		}
	})
	moved := 0
	for seed := range uint64(seeds) {
		r = rand.New(rand.NewPCG(seed, 0))
		body = content(r, r.IntN(1+r.IntN(3<<20)))
		resp := get()
		p := take(t)
		mirrored := r.IntN(3) == 0
		client, far := connected(t)
		received := make(chan []byte)
		go func() {
			b, _ := io.ReadAll(far)
			received <- b
		}()
		read, err, own := 0, error(nil), make([]byte, 64<<10)
		for err == nil {
			var n int
			if r.IntN(2) == 0 {
				n, err = resp.Body.Read(own[:1+r.IntN(len(own))])
				_, _ = client.Write(own[:n])
				read += n
				continue
			}
			window := p.Window()[:1+r.IntN(splice.Size)]
			if mirrored {
				splice.Mirror(window)
			}
			n, err = resp.Body.Read(window)
			rest, failure := p.Rest(n)
			require.NoError(t, failure)
			if mirrored {
				require.True(t, bytes.Equal(body[read:read+n], window[:n]), "seed %d: the window at %d", seed, read)
			}
			moved += p.Len()
			_, failure = p.WriteTo(client)
			require.NoError(t, failure)
			_, _ = client.Write(rest)
			read += n
		}
		assert.Equal(t, io.EOF, err, "seed %d", seed)
		splice.Put(p)
		_ = resp.Body.Close()
		_ = client.Close()
		require.True(t, bytes.Equal(body, <-received), "seed %d", seed)
	}
	assert.Greater(t, moved, seeds<<10, "bytes that passed through pipes")
}

// A write that ran out of time continues after the bytes that the client has accepted.
func TestBytesThatWereNotWrittenRemainInThePipe(t *testing.T) {
	conn, upstream := spliced(t)
	client, far := connected(t)
	require.NoError(t, client.SetWriteBuffer(128<<10))
	require.NoError(t, far.SetReadBuffer(128<<10))
	body := content(rand.New(rand.NewPCG(1, 2)), 4<<20)
	go func() {
		_, _ = upstream.Write(body)
		_ = upstream.CloseWrite()
	}()
	received := make(chan []byte)
	start := make(chan struct{})
	go func() {
		<-start
		b, _ := io.ReadAll(far)
		received <- b
	}()
	p := take(t)
	expired := 0
	for {
		_, err := conn.Read(p.Window())
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		for p.Len() > 0 {
			require.NoError(t, client.SetWriteDeadline(time.Now().Add(20*time.Millisecond)))
			_, err := p.WriteTo(client)
			if err != nil {
				require.ErrorIs(t, err, os.ErrDeadlineExceeded)
				expired++
				if expired == 3 {
					close(start)
				}
			}
		}
	}
	splice.Put(p)
	require.NoError(t, client.Close())
	assert.True(t, bytes.Equal(body, <-received))
	assert.GreaterOrEqual(t, expired, 3)
}

// Bytes that one client did not receive are not sent to another.
func TestAPipeWithBytesIsClosed(t *testing.T) {
	conn, upstream := spliced(t)
	_, err := upstream.Write(make([]byte, 100))
	require.NoError(t, err)
	before := descriptors(t)
	p := take(t)
	n, err := conn.Read(p.Window())
	require.NoError(t, err)
	assert.Equal(t, 100, n)
	assert.Equal(t, 100, p.Len())
	splice.Put(p)
	assert.LessOrEqual(t, descriptors(t), before)
	p = take(t)
	assert.Zero(t, p.Len())
	var b bytes.Buffer
	_, err = p.WriteTo(&b)
	require.NoError(t, err)
	assert.Zero(t, b.Len())
	splice.Put(p)
}

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(entries)
}

func TestWritersThatAreNoConnections(t *testing.T) {
	for name, write := range map[string]func(p *splice.Pipe, dst io.Writer) (int64, error){
		"WriteTo": (*splice.Pipe).WriteTo,
		"Read":    func(p *splice.Pipe, dst io.Writer) (int64, error) { return io.Copy(dst, struct{ io.Reader }{p}) },
	} {
		t.Run(name, func(t *testing.T) {
			conn, upstream := spliced(t)
			body := content(rand.New(rand.NewPCG(3, 4)), 100_000)
			_, err := upstream.Write(body)
			require.NoError(t, err)
			require.NoError(t, upstream.CloseWrite())
			p := take(t)
			defer splice.Put(p)
			var got bytes.Buffer
			for {
				_, err := conn.Read(p.Window())
				if err == io.EOF {
					break
				}
				require.NoError(t, err)
				_, err = write(p, &got)
				require.NoError(t, err)
			}
			assert.True(t, bytes.Equal(body, got.Bytes()))
		})
	}
}

func TestBytesThatAReaderDroppedAreAnError(t *testing.T) {
	conn, upstream := spliced(t)
	_, err := upstream.Write(make([]byte, 100))
	require.NoError(t, err)
	p := take(t)
	defer splice.Put(p)
	_, err = conn.Read(p.Window())
	require.NoError(t, err)
	_, err = p.Rest(99)
	require.ErrorContains(t, err, "not read")
	_, err = conn.Read(p.Window())
	require.ErrorContains(t, err, "not read")
}

// A window holds memory only while something was copied to it.
func TestAWindowIsEmptyAgain(t *testing.T) {
	conn, upstream := spliced(t)
	_, err := upstream.Write([]byte{1, 2, 3})
	require.NoError(t, err)
	p := take(t)
	splice.Mirror(p.Window())
	n, err := conn.Read(p.Window())
	require.NoError(t, err)
	assert.Equal(t, []byte{1, 2, 3}, p.Window()[:n])
	_, err = p.WriteTo(io.Discard)
	require.NoError(t, err)
	splice.Put(p)
	p = take(t)
	defer splice.Put(p)
	assert.Zero(t, p.Window()[0])
	_, err = upstream.Write([]byte{4})
	require.NoError(t, err)
	_, err = conn.Read(p.Window())
	require.NoError(t, err)
	assert.Zero(t, p.Window()[0], "a pipe is not mirrored any more")
	_, err = p.WriteTo(io.Discard)
	require.NoError(t, err)
}

func TestPipesAreLimited(t *testing.T) {
	var all []*splice.Pipe
	for range splice.Limit {
		all = append(all, take(t))
	}
	assert.Nil(t, splice.Take())
	splice.Put(all[0])
	assert.NotNil(t, splice.Take())
	for _, p := range all {
		splice.Put(p)
	}
}

// Connections that are no TCP connections of this package are left as they are.
func TestOtherConnections(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	c, err := splice.Dial(func(context.Context, string, string) (net.Conn, error) { return a, nil })(t.Context(), "", "")
	require.NoError(t, err)
	assert.Same(t, a, c)
	_, err = splice.Dial(func(context.Context, string, string) (net.Conn, error) { return nil, io.ErrUnexpectedEOF })(t.Context(), "", "")
	assert.Equal(t, io.ErrUnexpectedEOF, err)
}

// A Read and a WriteTo allocate nothing, so that a long body costs no more memory than a short one.
func TestBlocksAllocateNothing(t *testing.T) {
	conn, upstream := spliced(t)
	client, far := connected(t)
	p := take(t)
	defer splice.Put(p)
	block, in := make([]byte, 64<<10), make([]byte, 64<<10)
	allocs := testing.AllocsPerRun(100, func() {
		_, _ = upstream.Write(block)
		for left := len(block); left > 0; {
			n, err := conn.Read(p.Window())
			if err != nil {
				t.Error(err)
				return
			}
			left -= n
			_, _ = p.WriteTo(client)
		}
		_, _ = io.ReadFull(far, in)
	})
	t.Log(allocs, "allocations")
	assert.LessOrEqual(t, allocs, 4.0)
}
