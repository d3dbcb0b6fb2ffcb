package main

import (
	"flag"
	"net/http"
	"net/netip"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// limits bound what clients may cost. 0 means no limit, except for the streams.
type limits struct {
	downloads    int64
	perClient    int64
	minRate      int64
	writeTimeout time.Duration
	streams      int64
	headerTime   time.Duration
	idleTime     time.Duration
}

func (l *limits) flags(fs *flag.FlagSet) {
	fs.Var(number(&l.downloads, 0, 1<<20), "max-downloads", "`number` of streamed downloads in flight; 0 means no limit")
	fs.Var(number(&l.perClient, 0, 1<<20), "max-downloads-per-client",
		"`number` of streamed downloads in flight for one client; 0 means no limit")
	fs.Var(number(&l.minRate, 0, 1<<30), "min-rate", "`bytes` per second that a client must keep up; 0 means no minimum")
	fs.Var(duration(&l.writeTimeout, 2*time.Minute, time.Second), "write-timeout", "`duration` for which a client may accept no data")
	fs.Var(number(&l.streams, 100, 1<<16), "http2-streams",
		"`number` of requests in flight on one HTTP/2 connection; 0 means the default of net/http")
	fs.Var(duration(&l.headerTime, 10*time.Second, time.Second), "header-timeout",
		"`duration` that a client may take to send a request's header")
	fs.Var(duration(&l.idleTime, 2*time.Minute, time.Second), "idle-timeout", "`duration` for which a connection is kept without a request")
}

// client returns the limit of streamed downloads, or nil.
func (l *limits) client(trusted []netip.Prefix) *blobdownload.ClientLimit {
	if l.downloads == 0 && l.perClient == 0 {
		return nil
	}
	return &blobdownload.ClientLimit{
		Total: int(l.downloads), PerClient: int(l.perClient),
		Client: func(r *http.Request) string { return clientNetwork(clientAddr(r, trusted)) },
	}
}

// clientNetwork returns the key of an address: for IPv6 the /64 network, which one client usually has.
func clientNetwork(a netip.Addr) string {
	if !a.IsValid() {
		return "unknown"
	}
	if a.Is6() {
		return netip.PrefixFrom(a, 64).Masked().String()
	}
	return a.String()
}
