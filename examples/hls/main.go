// Command hls serves films over HTTP Live Streaming from a private bucket. The playlist needs the permission check of the
// application. It names a signed link for each segment, so that players need neither cookie nor header.
//
//	SECRET=$(head -c 32 /dev/urandom | base64) go run ./examples/hls films=file:///srv/films
//	curl -H 'Authorization: Bearer letmein' http://127.0.0.1:8080/films/7/index.m3u8
package main

import (
	"bytes"
	"context"
	"crypto/subtle"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"time"

	_ "gocloud.dev/blob/fileblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

const maxPlaylist = 1 << 20 // bytes

// uri matches the URIs of a playlist (RFC 8216): lines that are no tag, and the attribute URI of keys and initialization sections.
var uri = regexp.MustCompile(`(?m)^[^#\s].*$|\bURI="[^"]*"`)

type films struct {
	storage *blobdownload.Storage
	signer  *blobdownload.Signer
}

// playlist returns the stored playlist with signed links. They are valid for longer than the film takes.
func (f *films) playlist(r *http.Request) (*wrapper.File, error) {
	dir := r.PathValue("id") // the storage rejects ".."
	stored, err := f.storage.File(dir+"/index.m3u8").Open(r.Context(), 0, -1)
	if err != nil {
		return nil, err
	}
	defer stored.Close()
	var text bytes.Buffer
	if n, err := io.Copy(&text, io.LimitReader(stored, maxPlaylist+1)); err != nil || n > maxPlaylist {
		return nil, &blobdownload.StatusError{Status: http.StatusBadGateway, Err: err}
	}
	expires := time.Now().Add(6 * time.Hour)
	signed := uri.ReplaceAllFunc(text.Bytes(), func(match []byte) []byte {
		if quoted, ok := bytes.CutPrefix(match, []byte(`URI="`)); ok {
			return []byte(`URI="` + f.link(dir, string(bytes.TrimSuffix(quoted, []byte(`"`))), expires) + `"`)
		}
		return []byte(f.link(dir, string(bytes.TrimSpace(match)), expires))
	})
	return wrapper.Bytes("index.m3u8", signed), nil
}

// link signs a relative URI below dir. Any other URI stays as it is, and gets no permission.
func (f *films) link(dir, ref string, expires time.Time) string {
	u, err := url.Parse(ref)
	if err != nil || u.Scheme != "" || u.Host != "" || !fs.ValidPath(u.Path) {
		return ref
	}
	link, err := f.signer.Sign(blobdownload.Link{Store: f.storage.Name, Key: dir + "/" + u.Path, Expires: expires})
	if err != nil {
		return ref
	}
	return link
}

func handler(storage *blobdownload.Storage, secret []byte, permission func(r *http.Request) error) (http.Handler, error) {
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "2026-11", Secret: secret}}, // at least 32 random bytes
		URL:  "/segments/",
	})
	if err != nil {
		return nil, err
	}
	f, mux, server := &films{storage, signer}, http.NewServeMux(), new(blobdownload.Server)
	mux.Handle("/films/{id}/index.m3u8", server.Handler(blobdownload.VirtualView(f.playlist).Authorized(permission)))
	mux.Handle("/segments/", signer.Require(server.Handler(blobdownload.LinkView(storage))))
	return mux, nil
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: SECRET=… hls films=file:///srv/films")
	}
	storage, err := blobdownload.OpenStorage(context.Background(), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	h, err := handler(storage, []byte(os.Getenv("SECRET")), func(r *http.Request) error {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer letmein")) != 1 {
			return blobdownload.Unauthorized(`Bearer realm="films"`)
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal((&http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}).ListenAndServe())
}
