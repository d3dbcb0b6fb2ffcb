package s3

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/encoding/httpbinding"
)

// pipe is the lane that signs here and sends by a plain HTTP transport.
type pipe struct {
	*target
	path   string // base, not escaped
	do     doer
	signer *signer // nil for anonymous access
	store  *store
}

func openPipe(ctx context.Context, client *s3.Client, s *store) (*pipe, error) {
	t, err := learnTarget(ctx, client, s.bucket)
	if err != nil {
		return nil, err
	}
	p := &pipe{target: t, store: s}
	p.do, s.own = sender(client.Options().HTTPClient)
	if p.path, err = url.PathUnescape(t.base); err != nil {
		return nil, err
	}
	p.host = withoutDefaultPort(t.scheme, t.host)
	if t.region != "" {
		p.signer = &signer{region: t.region, service: t.service}
	}
	return p, nil
}

// withoutDefaultPort returns the host as the Host field has it that is signed.
func withoutDefaultPort(scheme, host string) string {
	port := ":443"
	if scheme == "http" {
		port = ":80"
	}
	return strings.TrimSuffix(host, port)
}

// locate sets where a request for a key goes, byte for byte as it is signed.
func (p *pipe) locate(u *url.URL, key, version string) (path string) {
	u.Scheme, u.Host, u.Path = p.scheme, p.host, p.path+key
	path = u.Path
	if p.path != p.base || !unreserved(key) {
		path = p.base + httpbinding.EscapePath(key, false)
		u.RawPath = path
	}
	if version != "" {
		u.RawQuery = "versionId=" + httpbinding.EscapePath(version, true)
	}
	return path
}

// unreserved reports whether a key is the same in a URL (RFC 3986 section 2.3).
func unreserved(key string) bool {
	for i := range len(key) {
		switch c := key[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '.', c == '_', c == '~', c == '/':
		default:
			return false
		}
	}
	return true
}

func (p *pipe) send(ctx context.Context, r *request) (*http.Response, error) {
	out := &r.sent
	out.Method = r.method
	path := p.locate(&out.URL, r.key, r.version)
	out.Set("Accept-Encoding", "identity")
	out.PassOn(r.fields)
	checksumMode := ""
	if p.store.wantsChecksum(r) {
		checksumMode = "ENABLED"
	}
	out.Set("X-Amz-Checksum-Mode", checksumMode)
	if p.signer != nil {
		date := p.store.clock.Date()
		out.Set("X-Amz-Date", date)
		out.Set("X-Amz-Content-Sha256", emptySHA256)
		out.Set("X-Amz-Security-Token", r.creds.SessionToken)
		out.Set("Authorization", p.signer.authorization(&r.creds, &signed{
			method: r.method, path: path, query: out.URL.RawQuery, host: p.host,
			date: date, checksumMode: checksumMode, token: r.creds.SessionToken,
		}))
	}
	return out.Send(ctx, p.do)
}
