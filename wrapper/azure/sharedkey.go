package azure

import (
	"encoding/base64"
	"hash"
)

// desk is what one signature is made on.
type desk struct {
	mac  hash.Hash
	text []byte
	sum  []byte
}

// signed are the parts of a request without a body that its signature covers.
type signed struct {
	method, path string // as it is sent, without a query
	field        func(name string) string
	date         string
}

// authorization returns the field's value. The lines are those of the service's Shared Key, of which a request to
// read an object has few.
func (a *account) authorization(r *signed) string {
	d := a.desks.Get().(*desk)
	defer a.desks.Put(d)
	buf := d.text[:0]
	for _, line := range [...]string{
		r.method,
		"", "", "", "", "", // of the body: encoding, language, length, MD5, type
		"", // Date, in place of which is x-ms-date
		r.field("If-Modified-Since"), r.field("If-Match"), r.field("If-None-Match"), r.field("If-Unmodified-Since"), r.field("Range"),
		"x-ms-date:" + r.date,
		"x-ms-version:" + serviceVersion,
	} {
		buf = append(append(buf, line...), '\n')
	}
	buf = append(append(append(buf, '/'), a.name...), r.path...)
	d.mac.Reset()
	d.mac.Write(buf)
	d.sum = d.mac.Sum(d.sum[:0])
	buf = append(append(append(buf[:0], "SharedKey "...), a.name...), ':')
	buf = base64.StdEncoding.AppendEncode(buf, d.sum)
	d.text = buf
	return string(buf)
}
