package blobdownload_test

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// A session cookie names the user, and each download belongs to one user. A request without permission gets the
// 404 of a missing file, which does not reveal the names of files.
func ExampleView_Authorized_session() {
	sessions := map[string]string{"s3cr3t": "alice"} // in production: a database, keyed by a hash of the cookie's value
	owners := map[string]string{"report.txt": "alice"}
	name := blobdownload.PathValue("name")
	view := blobdownload.VirtualView(func(r *http.Request) (*wrapper.File, error) {
		return wrapper.Bytes(name(r), []byte("for Alice")), nil
	}).Authorized(func(r *http.Request) error {
		cookie, err := r.Cookie("session")
		if err != nil || owners[name(r)] != sessions[cookie.Value] || owners[name(r)] == "" {
			return fs.ErrNotExist
		}
		return nil
	})
	mux := http.NewServeMux()
	mux.Handle("/files/{name}", quietServer().Handler(view))

	for _, session := range []string{"s3cr3t", "guessed"} {
		r := httptest.NewRequest(http.MethodGet, "/files/report.txt", http.NoBody)
		r.AddCookie(&http.Cookie{Name: "session", Value: session})
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Printf("%d %q %s\n", w.Code, w.Body, w.Header().Get("Cache-Control"))
	}
	// Output:
	// 200 "for Alice" private, no-cache
	// 404 "Not Found\n" no-store
}

// Programs authenticate with a bearer token (RFC 6750). A request without one gets the challenge.
func ExampleUnauthorized() {
	tokens := map[[sha256.Size]byte]string{sha256.Sum256([]byte("t0ken")): "backup job"}
	view := blobdownload.VirtualView(func(*http.Request) (*wrapper.File, error) {
		return wrapper.Bytes("dump.sql", []byte("…")), nil
	}).Authorized(func(r *http.Request) error {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		sum := sha256.Sum256([]byte(token))
		for known := range tokens {
			if strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(sum[:], known[:]) == 1 {
				return nil
			}
		}
		return blobdownload.Unauthorized(`Bearer realm="dumps"`)
	})
	handler := quietServer().Handler(view)

	for _, authorization := range []string{"Bearer t0ken", "Bearer guessed", ""} {
		r := httptest.NewRequest(http.MethodGet, "/dump.sql", http.NoBody)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Printf("%d %q\n", w.Code, w.Header().Get("WWW-Authenticate"))
	}
	// Output:
	// 200 ""
	// 401 "Bearer realm=\"dumps\""
	// 401 "Bearer realm=\"dumps\""
}

// The driver of a directory signs no URLs. A Signer makes links to the application instead.
func ExampleSigner() {
	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: []blobdownload.SigningKey{{ID: "2026-11", Secret: []byte("32 random bytes from a secrets store")}},
		URL:  "https://files.example/dl/",
	})
	if err != nil {
		panic(err)
	}
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	if err := bucket.WriteAll(context.Background(), "report.txt", []byte("quarterly"), nil); err != nil {
		panic(err)
	}
	docs := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(bucket), Signer: signer}
	mux := http.NewServeMux()
	mux.Handle("/dl/", signer.Require(quietServer().Handler(blobdownload.LinkView(docs))))

	link, err := signer.Sign(blobdownload.Link{
		Store: "docs", Key: "report.txt", Filename: "Q3 report.txt",
		Expires: time.Now().Add(time.Hour),
	})
	if err != nil {
		panic(err)
	}
	for _, url := range []string{link, link + "x", link + "?inline=1"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, http.NoBody))
		fmt.Printf("%d %q\n", w.Code, w.Body)
	}
	// Output:
	// 200 "quarterly"
	// 403 "Forbidden\n"
	// 403 "Forbidden\n"
}
