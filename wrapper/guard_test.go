package wrapper_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/go-downloadview/downloadview/wrapper"
)

// loopback returns options that allow the servers of the test.
func loopback(t *testing.T, servers ...*httptest.Server) wrapper.ClientOptions {
	o := wrapper.ClientOptions{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Ports: []uint16{}}
	for _, s := range servers {
		u, err := url.Parse(s.URL)
		require.NoError(t, err)
		port, err := strconv.ParseUint(u.Port(), 10, 16)
		require.NoError(t, err)
		o.Ports = append(o.Ports, uint16(port))
	}
	return o
}

func newClient(t *testing.T, o wrapper.ClientOptions) *http.Client {
	c := wrapper.NewGuardedClient(o)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func TestURLRejectsLoopbackByDefault(t *testing.T) {
	t.Parallel()
	o := newOrigin(t, goServer(digits))
	_, err := wrapper.URL(nil, o.URL).Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, wrapper.ErrAddress)
	assert.Empty(t, o.requests())
	resp, err := wrapper.URL(newClient(t, loopback(t, o.Server)), o.URL).Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	assert.Equal(t, digits, readAll(t, resp.Body))
}

// SF1, SF8, SF13, SF26: rejected before a DNS lookup or a connection.
func TestURLRejectsUnsafeSpellings(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"file:///etc/passwd", "FILE:///etc/passwd", "gopher://h/x", "ftp://h/x", "data:text/html,x", "javascript:x", "//h/x", "h/x", "unix:/run/x",
		"http://u:p@h/", "http://u@h/", "http://:p@h/",
		"http://[fe80::1%25lo]/", "http://ex\u00e4mple.com/", "http://\uff11\uff12\uff17.0.0.1/",
		"http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://0x7f000001/", "http://127.1/", "http://127.0.1/", "http://0/", "http://127.0.0.1.5/", "http://127.1./",
		"http://h/\r\nX: y", "http://h/ x\n", "http://h\x00/", "http://h/?a b", "http://h/?a\r\nb", "http:h/x", "http:///x",
	} {
		_, err := wrapper.URL(nil, raw).Stat(t.Context())
		assert.ErrorIs(t, err, fs.ErrInvalid, "%q", raw)
	}
}

// FuzzURL parses an accepted URL again: the result must be accepted too.
func FuzzURL(f *testing.F) {
	for _, s := range []string{"http://h/x", "hTTp://H:80/a%20b?c=d#e", "http://[::1]/", "http://h/%0d%0a", "http://xn--exmple-cua.com/", "http://h\\@evil/", "http://1.1.1.1 &@2.2.2.2/"} {
		f.Add(s)
	}
	client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		u, err := url.Parse(r.URL.String())
		if err != nil || u.Host != r.URL.Host || u.User != nil || u.Scheme != "http" && u.Scheme != "https" ||
			u.Hostname() == "" || strings.ContainsAny(u.String(), "\r\n \x00") || u.Fragment != "" {
			panic(r.URL.String())
		}
		return nil, io.ErrClosedPipe
	})}
	f.Fuzz(func(t *testing.T, raw string) {
		_, err := wrapper.URL(client, raw).WithReadOptions(wrapper.ReadOptions{Retries: -1}).Stat(t.Context())
		require.Error(t, err)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// resolver answers each lookup of an A record with the next addresses of answers.
func resolver(t *testing.T, answers func() []string) *net.Resolver {
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			if q.Type == dnsmessage.TypeA {
				for _, a := range answers() {
					m.Answers = append(m.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class},
						Body:   &dnsmessage.AResource{A: netip.MustParseAddr(a).As4()},
					})
				}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}
}

// SF9, SF10: one lookup for each connection, and a check of each address.
func TestEveryConnectionChecksTheResolvedAddress(t *testing.T) {
	t.Parallel()
	s := newOrigin(t, goServer(digits))
	port := s.URL[strings.LastIndexByte(s.URL, ':'):]
	for name, tc := range map[string]struct {
		first, later []string
		good         []bool
	}{
		"rebinding":             {[]string{"127.0.0.1"}, []string{"127.0.0.2"}, []bool{true, false}},
		"forbidden, then good":  {[]string{"127.0.0.2"}, []string{"127.0.0.1"}, []bool{false, true}},
		"one of two is allowed": {[]string{"127.0.0.2", "127.0.0.1"}, []string{"10.0.0.1", "127.0.0.1"}, []bool{true, true}},
		"none is":               {[]string{"127.0.0.2", "169.254.169.254"}, []string{"10.0.0.1"}, []bool{false, false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := loopback(t, s.Server)
			var lookups atomic.Int64
			o.Resolver = resolver(t, func() []string {
				if lookups.Add(1) == 1 {
					return tc.first
				}
				return tc.later
			})
			c := newClient(t, o)
			for i, good := range tc.good {
				resp, err := wrapper.URL(c, "http://remote.test"+port+"/").Fetch(t.Context(), wrapper.Request{})
				if !good {
					require.ErrorIs(t, err, wrapper.ErrAddress, "look-up %d", i)
					continue
				}
				require.NoError(t, err)
				assert.Equal(t, digits, readAll(t, resp.Body))
				c.CloseIdleConnections()
			}
		})
	}
}

// SF14, SF1 on every hop.
func TestRedirectsAreCheckedLikeTheFirstURL(t *testing.T) {
	t.Parallel()
	end := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Empty(t, r.Header.Get("Referer"))
		goServer(digits)(w, r)
	})
	start := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "a=b")
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(http.StatusFound)
	})
	fetch := func(redirects int, to string) (*wrapper.Response, error) {
		o := loopback(t, start.Server, end.Server)
		o.Redirects = redirects
		return wrapper.URL(newClient(t, o), start.URL+"/?to="+url.QueryEscape(to)).Fetch(t.Context(), wrapper.Request{Range: "bytes=2-4"})
	}
	resp, err := fetch(1, end.URL)
	require.NoError(t, err)
	assert.Equal(t, "234", readAll(t, resp.Body))
	assert.Equal(t, []string{"GET Range: bytes=2-4;"}, end.requests(), "without a cookie, with the range")

	for name, tc := range map[string]struct {
		redirects int
		to        string
	}{
		"none are followed by default": {0, end.URL},
		"one too many":                 {1, start.URL + "/?to=" + url.QueryEscape(end.URL)},
		"another scheme":               {5, "file:///etc/passwd"},
		"credentials":                  {5, strings.Replace(end.URL, "://", "://u:p@", 1)},
		"a spelling of an address":     {5, strings.Replace(end.URL, "127.0.0.1", "127.1", 1)},
	} {
		_, err := fetch(tc.redirects, tc.to)
		var status *wrapper.UpstreamError
		require.ErrorAs(t, err, &status, name)
		assert.Equal(t, http.StatusFound, status.Status, name)
	}
	for _, to := range []string{"http://127.0.0.2/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://[::ffff:127.0.0.2]/"} {
		_, err := fetch(5, to)
		require.ErrorIs(t, err, wrapper.ErrAddress, to)
	}
	assert.Len(t, end.requests(), 1)
}

func TestNoRedirectFromHTTPSToHTTP(t *testing.T) {
	t.Parallel()
	end := newOrigin(t, goServer(digits))
	start := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", end.URL)
		w.WriteHeader(http.StatusFound)
	}))
	defer start.Close()
	o := loopback(t, start, end.Server)
	o.Redirects = 5
	o.RootCAs = x509.NewCertPool()
	o.RootCAs.AddCert(start.Certificate())
	_, err := wrapper.URL(newClient(t, o), start.URL).Fetch(t.Context(), wrapper.Request{})
	var status *wrapper.UpstreamError
	require.ErrorAs(t, err, &status)
	assert.Empty(t, end.requests())
}

// SF24.
func TestTLSIsVerified(t *testing.T) {
	t.Parallel()
	newTLS := func(version uint16) *httptest.Server {
		s := httptest.NewUnstartedServer(goServer(digits))
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: version}
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	old, good := newTLS(tls.VersionTLS11), newTLS(tls.VersionTLS13)
	known := x509.NewCertPool()
	known.AddCert(good.Certificate())
	o := loopback(t, old, good)
	o.Resolver = resolver(t, func() []string { return []string{"127.0.0.1"} })
	unknown := newClient(t, o)
	o.RootCAs = known
	c := newClient(t, o)
	for name, tc := range map[string]struct {
		c    *http.Client
		url  string
		good bool
	}{
		"known":        {c, good.URL, true},
		"unknown":      {unknown, good.URL, false},
		"another name": {c, strings.Replace(good.URL, "127.0.0.1", "remote.test", 1), false},
		"TLS 1.1":      {c, old.URL, false},
	} {
		_, err := wrapper.URL(tc.c, tc.url).Stat(t.Context())
		assert.Equal(t, tc.good, err == nil, "%s: %v", name, err)
	}
}

// SF20.
func TestURLTimeoutsCoverHeaderAndBody(t *testing.T) {
	t.Parallel()
	s := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			w.Header().Set("Content-Length", "10")
			w.WriteHeader(http.StatusOK)
			for i := range 9 {
				_, _ = io.WriteString(w, digits[i:i+1])
				_ = http.NewResponseController(w).Flush()
				select {
				case <-r.Context().Done():
					return
				case <-time.After(50 * time.Millisecond):
				}
			}
		}
		<-r.Context().Done()
	})
	o := loopback(t, s.Server)
	o.HeaderTimeout = 50 * time.Millisecond
	_, err := wrapper.URL(newClient(t, o), s.URL+"/header").Fetch(t.Context(), wrapper.Request{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	o.HeaderTimeout, o.Timeout = 0, 100*time.Millisecond
	resp, err := wrapper.URL(newClient(t, o), s.URL+"/body").Fetch(t.Context(), wrapper.Request{})
	require.NoError(t, err)
	_, err = io.ReadAll(resp.Body)
	require.Error(t, err)
	assert.NotEqual(t, io.ErrUnexpectedEOF, err)
	require.NoError(t, resp.Close())
}

// SF21.
func TestURLSizeLimitCoversHeaderAndBody(t *testing.T) {
	t.Parallel()
	s := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/chunked" {
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, digits)
			return
		}
		goServer(digits)(w, r)
	})
	for limit, good := range map[int64]bool{9: false, 10: true} {
		o := loopback(t, s.Server)
		o.MaxSize = limit
		c := newClient(t, o)
		resp, err := wrapper.URL(c, s.URL+"/known").Fetch(t.Context(), wrapper.Request{Range: "bytes=0-1"})
		if good {
			require.NoError(t, err)
			assert.Equal(t, "01", readAll(t, resp.Body))
		} else {
			require.ErrorIs(t, err, wrapper.ErrTooLarge)
		}
		resp, err = wrapper.URL(c, s.URL+"/chunked").Fetch(t.Context(), wrapper.Request{})
		require.NoError(t, err)
		b, err := io.ReadAll(resp.Body)
		assert.Equal(t, good, err == nil, "%d: %v", limit, err)
		assert.LessOrEqual(t, int64(len(b)), limit)
		require.NoError(t, resp.Close())
	}
}

func TestS17GuardedClientHasALimitByDefault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		maxSize, length int64
		allowed         bool
	}{
		"default, below":    {0, 1 << 30, true},
		"default, above":    {0, 1<<30 + 1, false},
		"own limit, below":  {4 << 30, 2 << 30, true},
		"no limit":          {-1, 1 << 40, true},
		"own limit, beyond": {5, 6, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", strconv.FormatInt(c.length, 10))
			}))
			t.Cleanup(srv.Close)
			o := loopback(t, srv)
			o.MaxSize = c.maxSize
			info, err := wrapper.URL(newClient(t, o), srv.URL).Stat(t.Context())
			if !c.allowed {
				require.ErrorIs(t, err, wrapper.ErrTooLarge)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.length, info.Size)
		})
	}
}
