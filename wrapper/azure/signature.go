package azure

import (
	"encoding/base64"
	"hash"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// signBuffer is the memory that one signature needs.
type signBuffer struct {
	mac  hash.Hash
	text []byte
	sum  []byte
}

// authorization returns the value of Authorization for a request without a body that is complete but for it. The string
// to sign is Shared Key's, in which a read of an object has few lines.
func (a *account) authorization(r *upstream.Request, version string) string {
	d := a.buffers.Get().(*signBuffer)
	defer a.buffers.Put(d)
	buf := d.text[:0]
	for _, line := range [...]string{
		r.Method,
		"", "", "", "", "", // of the body: encoding, language, length, MD5, type
		"", // Date, in place of which is x-ms-date
		r.Get("If-Modified-Since"), r.Get("If-Match"), r.Get("If-None-Match"), r.Get("If-Unmodified-Since"), r.Get("Range"),
		"x-ms-date:" + r.Get("X-Ms-Date"),
		"x-ms-version:" + serviceVersion,
	} {
		buf = append(append(buf, line...), '\n')
	}
	buf = append(append(append(buf, '/'), a.name...), r.URL.EscapedPath()...)
	if version != "" {
		buf = append(append(buf, "\nversionid:"...), version...)
	}
	d.mac.Reset()
	d.mac.Write(buf)
	d.sum = d.mac.Sum(d.sum[:0])
	buf = append(append(append(buf[:0], "SharedKey "...), a.name...), ':')
	buf = base64.StdEncoding.AppendEncode(buf, d.sum)
	d.text = buf
	return string(buf)
}
