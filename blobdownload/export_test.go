package blobdownload

// MACInput is what a token's signature covers, for a key and what is signed but not carried.
func MACInput(l *Link, key, purpose, audience, client string) []byte {
	t := rawToken{flags: flagsOf(l), key: key, payload: payload(l)}
	return t.macInput(tokenContext{purpose, audience, client})
}

// ForeignToWindows is what PathView refuses on Windows.
var ForeignToWindows = foreignToWindows
