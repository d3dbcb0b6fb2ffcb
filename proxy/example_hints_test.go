package proxy_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// A URL is valid for Expiry at least. Within a Window all clients get the same one, so that browsers can cache the object.
func ExampleLifetime() {
	s := docs()
	defer s.Bucket.Close()
	s.Signer = linkSigner()
	now := time.Now().Truncate(time.Hour).Add(time.Hour)
	o := &proxy.Presign{Lifetime: proxy.Lifetime{
		Expiry: 5 * time.Minute,
		Window: time.Hour,
		Now:    func() time.Time { return now },
	}}
	first := get(s, o).Get("Location")
	now = now.Add(59 * time.Minute)
	fmt.Println(get(s, o).Get("Location") == first)
	now = now.Add(time.Minute)
	fmt.Println(get(s, o).Get("Location") == first)
	// Output:
	// 302 0 bytes streamed
	// 302 0 bytes streamed
	// true
	// 302 0 bytes streamed
	// false
}

// nginx sends at most 1 MiB per second to a client.
func ExampleNginxHints() {
	s := docs()
	defer s.Bucket.Close()
	h := get(s, &proxy.XAccel{
		Mounts:     []proxy.Mount{{Store: "docs", Location: "/_files/"}},
		NginxHints: proxy.NginxHints{LimitRate: 1 << 20},
	})
	fmt.Println(h.Get("X-Accel-Redirect"), h.Get("X-Accel-Limit-Rate"))
	// Output:
	// 200 0 bytes streamed
	// /_files/videos/part%201.mp4 1048576
}

// A rule of your own: nginx sends what signed-in users download.
func ExampleRuleFunc() {
	s := docs()
	defer s.Bucket.Close()
	signedIn := proxy.RuleFunc(func(r *http.Request, _ *blobdownload.Download) bool { return r.Header.Get("Cookie") != "" })
	o := proxy.When(&proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}}, signedIn)
	get(s, o)
	get(s, o, "Cookie", "session=s3cr3t")
	// Output:
	// 200 2097152 bytes streamed
	// 200 0 bytes streamed
}

// token signs URLs as a CDN does that compares an HMAC of the path and the expiry.
type token struct{ key []byte }

func (t token) SignURL(rawURL string, expires time.Time) (string, error) {
	text := fmt.Sprintf("%s?expires=%d", rawURL, expires.Unix())
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte(text))
	return text + "&token=" + hex.EncodeToString(mac.Sum(nil)), nil
}

// A CDN with signed URLs of its own form needs one method.
func ExampleURLSigner() {
	s := docs()
	defer s.Bucket.Close()
	target := get(s, &proxy.CDN{
		Mounts: []proxy.Mount{{Store: "docs", Location: "https://cdn.example.com/"}},
		Signer: token{key: []byte("32 random bytes, shared with CDN")},
	}).Get("Location")
	link, query, _ := strings.Cut(target, "?")
	fmt.Println(link, strings.HasPrefix(query, "expires="), strings.Contains(query, "&token="))
	// Output:
	// 302 0 bytes streamed
	// https://cdn.example.com/videos/part%201.mp4 true true
}
