package conformance

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"strings"
)

// digestWrong checks a Repr-Digest (of "repr", the complete file) or a Content-Digest (of "content", the body of
// the response; RFC 9530 sections 2 and 3).
func digestWrong(field, of string, f *Fixture, a *Answer) string {
	data := a.Body
	if of == "repr" {
		data = f.Bytes()
	}
	checked := 0
	for member := range strings.SplitSeq(field, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(member), "=")
		inner, open := strings.CutPrefix(value, ":")
		inner, closed := strings.CutSuffix(inner, ":")
		sum, err := base64.StdEncoding.DecodeString(inner)
		if !open || !closed || err != nil {
			return fmt.Sprintf("%q is no byte sequence", member)
		}
		switch key {
		case "sha-256":
			want := sha256.Sum256(data)
			checked++
			if !bytes.Equal(sum, want[:]) {
				return key + " of something else"
			}
		case "sha-512":
			want := sha512.Sum512(data)
			checked++
			if !bytes.Equal(sum, want[:]) {
				return key + " of something else"
			}
		}
	}
	if checked == 0 {
		return fmt.Sprintf("no digest that can be checked in %q", field)
	}
	return ""
}
