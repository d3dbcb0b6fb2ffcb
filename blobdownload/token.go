package blobdownload

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"time"
)

// A token is the unpadded base64url of
//
//	version (1 byte) · flags (1 byte) · key id · payload · HMAC-SHA-256 (32 bytes)
//
// where key id, payload, and each field of the payload are preceded by their length. The version fixes the
// algorithm, the fields and their order: no field of a token chooses how it is verified.
const tokenVersion = 1

// maxToken is the maximum length of a token in characters. With it a request line stays below the 8 KiB that
// servers and proxies accept.
const maxToken = 6 << 10

const (
	flagBound     = 1 << iota // signed with a client's value, which the token does not carry
	flagInline                // Link.Inline
	flagHead                  // Link.Head
	flagOnce                  // Link.Once
	flagDownloads             // Link.Downloads, which the payload of such a token ends with
)

// Kinds of tokens. A token of one kind has a wrong signature for another.
const (
	kindLink  = "downloadview link"
	kindGrant = "downloadview grant"
)

// tokenContext holds the signed values that are not part of the token.
type tokenContext struct{ kind, purpose, audience, client string }

// rawToken is a token whose signature has not been checked.
type rawToken struct {
	flags   byte
	key     string
	payload []byte
	mac     []byte
}

func (t *rawToken) bound() bool { return t.flags&flagBound != 0 }

// encoding rejects trailing bits, with which two texts would be one token.
var encoding = base64.RawURLEncoding.Strict()

func seal(secret []byte, key string, c tokenContext, l *Link) (string, error) {
	t := rawToken{flags: flagsOf(l), key: key, payload: payload(l)}
	b := []byte{tokenVersion, t.flags}
	b = appendField(b, key)
	b = appendField(b, string(t.payload))
	b = append(b, t.sum(secret, c)...)
	token := encoding.EncodeToString(b)
	if len(token) > maxToken {
		return "", errors.New("sign: the link has more data than a URL holds")
	}
	return token, nil
}

func flagsOf(l *Link) (flags byte) {
	for flag, on := range map[byte]bool{
		flagBound: l.Client != "", flagInline: l.Inline, flagHead: l.Head, flagOnce: l.Once, flagDownloads: l.Downloads > 0,
	} {
		if on {
			flags |= flag
		}
	}
	return flags
}

func payload(l *Link) []byte {
	var b []byte
	for _, s := range [...]string{l.Store, l.Key, l.Version, l.Filename, l.ContentType, l.CacheControl, l.id} {
		b = appendField(b, s)
	}
	b = binary.BigEndian.AppendUint64(b, seconds(l.NotBefore))
	b = binary.BigEndian.AppendUint64(b, seconds(l.Expires))
	if l.Downloads > 0 {
		b = binary.AppendUvarint(b, uint64(l.Downloads))
	}
	return b
}

func seconds(t time.Time) uint64 {
	if t.IsZero() || t.Unix() < 0 {
		return 0
	}
	return uint64(t.Unix())
}

// macInput returns the signed bytes. The number of fields is fixed, and each is preceded by its length: no two links,
// kinds, purposes, audiences or clients have the same input.
func (t *rawToken) macInput(c tokenContext) []byte {
	b := []byte{tokenVersion, t.flags}
	for _, s := range [...]string{c.kind, c.purpose, c.audience, c.client, t.key, string(t.payload)} {
		b = appendField(b, s)
	}
	return b
}

func (t *rawToken) sum(secret []byte, c tokenContext) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write(t.macInput(c))
	return mac.Sum(nil)
}

// split parses a token as far as its signature requires.
func split(token string) (*rawToken, error) {
	// The decoder skips line breaks, which would make two texts one token.
	if token == "" || len(token) > maxToken || strings.ContainsAny(token, "\r\n") {
		return nil, linkError("not a token")
	}
	b, err := encoding.DecodeString(token)
	if err != nil || len(b) < 2+sha256.Size || b[0] != tokenVersion {
		return nil, linkError("not a token")
	}
	head, mac := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	f := tokenFields{b: head[2:]}
	t := &rawToken{flags: head[1], key: f.next(), payload: []byte(f.next()), mac: mac}
	if f.bad || len(f.b) != 0 {
		return nil, linkError("not a token")
	}
	return t, nil
}

// open verifies the signature, and then parses the payload.
func (t *rawToken) open(secret []byte, c tokenContext) (*Link, error) {
	if !hmac.Equal(t.mac, t.sum(secret, c)) {
		return nil, linkError("wrong signature")
	}
	f := tokenFields{b: t.payload}
	l := &Link{Inline: t.flags&flagInline != 0, Head: t.flags&flagHead != 0, Once: t.flags&flagOnce != 0}
	for _, s := range [...]*string{&l.Store, &l.Key, &l.Version, &l.Filename, &l.ContentType, &l.CacheControl, &l.id} {
		*s = f.next()
	}
	if f.bad || len(f.b) < 16 || !l.setDownloads(t.flags, f.b[16:]) {
		return nil, linkError("not a link of this version")
	}
	if nbf := binary.BigEndian.Uint64(f.b); nbf > 0 {
		l.NotBefore = time.Unix(int64(nbf), 0)
	}
	l.Expires = time.Unix(int64(binary.BigEndian.Uint64(f.b[8:])), 0)
	return l, nil
}

// setDownloads parses the end of a payload. It reports false if that is not what the flags announce.
func (l *Link) setDownloads(flags byte, end []byte) bool {
	if flags&flagDownloads == 0 {
		return len(end) == 0
	}
	n, size := binary.Uvarint(end)
	l.Downloads = int(min(n, MaxDownloads+1))
	return size == len(end) && size > 0 && n > 0 && n <= MaxDownloads
}

func appendField(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// tokenFields parses fields one by one. bad is set if one is truncated.
type tokenFields struct {
	b   []byte
	bad bool
}

func (f *tokenFields) next() string {
	n, size := binary.Uvarint(f.b)
	if size <= 0 || n > uint64(len(f.b)-size) {
		f.b, f.bad = nil, true
		return ""
	}
	s := f.b[size : size+int(n)]
	f.b = f.b[size+int(n):]
	return string(s)
}
