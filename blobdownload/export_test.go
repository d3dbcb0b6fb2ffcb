package blobdownload

import "unsafe"

// TransferSize is the memory of a download in flight, in bytes.
const TransferSize = unsafe.Sizeof(transfer{})

// MACInput returns the signed bytes of a token with a key, a purpose, an audience and a client.
func MACInput(l *Link, key, purpose, audience, client string) []byte {
	t := rawToken{flags: flagsOf(l), key: key, payload: payload(l)}
	return t.macInput(tokenContext{kindLink, purpose, audience, client})
}

// ForeignToWindows reports whether PathView rejects a name on Windows.
var ForeignToWindows = foreignToWindows

// RatedClients returns the number of clients that a limit remembers.
func RatedClients(l *RateLimit) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.clients)
}
