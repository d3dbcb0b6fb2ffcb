package snippets_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// Names and media types are options of the download.
func Example_names() {
	docs := store("docs=mem://", "7f3a")
	defer docs.Close(context.Background())
	var server blobdownload.Server
	view := func(*http.Request) (*blobdownload.Download, error) {
		// docs: begin names
		return &blobdownload.Download{
			File:        docs.File("7f3a"), // stored without a name
			Filename:    "Übersicht 2026.pdf",
			ContentType: "application/pdf",
			Inline:      true,
		}, nil
		// docs: end
	}
	get(server.Handler(view), "/", "Content-Type", "Content-Disposition")
	// Output:
	// 200 content of 7f3a
	// Content-Type: application/pdf
	// Content-Disposition: inline; filename="_bersicht 2026.pdf"; filename*=UTF-8''%C3%9Cbersicht%202026.pdf
}

// Names are changed to what every system can store.
func Example_oddNames() {
	docs := store("docs=mem://", "7f3a")
	defer docs.Close(context.Background())
	for _, name := range []string{"Q1/Q2.pdf", `12:30 "call".mp3`, "invoice_\u202egpj.exe", "report.pdf.", "CON.txt", "..."} {
		d := &blobdownload.Download{File: docs.File("7f3a"), Filename: name}
		_, disposition := d.Offer("")
		fmt.Printf("%+q: %s\n", name, disposition)
	}
	// Output:
	// "Q1/Q2.pdf": attachment; filename="Q2.pdf"
	// "12:30 \"call\".mp3": attachment; filename="12_30 _call_.mp3"
	// "invoice_\u202egpj.exe": attachment; filename="invoice_gpj.exe"
	// "report.pdf.": attachment; filename="report.pdf"
	// "CON.txt": attachment; filename="_CON.txt"
	// "...": attachment
}

// Documents that run code are shown in a sandbox only.
func Example_sandbox() {
	docs := store("docs=mem://", "plan.svg")
	defer docs.Close(context.Background())
	var server blobdownload.Server
	view := func(*http.Request) (*blobdownload.Download, error) {
		// docs: begin sandbox
		return &blobdownload.Download{
			File:    docs.File("plan.svg"),
			Inline:  true,
			Sandbox: "default-src 'none'; style-src 'unsafe-inline'; sandbox",
		}, nil
		// docs: end
	}
	get(server.Handler(view), "/", "Content-Type", "Content-Disposition", "Content-Security-Policy")
	// Output:
	// 200 content of plan.svg
	// Content-Type: image/svg+xml
	// Content-Disposition: inline; filename="plan.svg"
	// Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; sandbox
}

// Keys with a fingerprint never change; others are revalidated.
func Example_caching() {
	assets := store("assets=mem://", "app.5f2a9c1e.js", "index.html")
	defer assets.Close(context.Background())
	var server blobdownload.Server
	// docs: begin caching
	view := blobdownload.StorageView(assets, blobdownload.PathValue("key")).
		Cached(blobdownload.Versioned(blobdownload.Fingerprinted, blobdownload.Public(time.Minute)))
	// docs: end
	mux := http.NewServeMux()
	mux.Handle("/{key}", server.Handler(view))
	get(mux, "/app.5f2a9c1e.js", "Cache-Control")
	get(mux, "/index.html", "Cache-Control")
	// Output:
	// 200 content of app.5f2a9c1e.js
	// Cache-Control: public, max-age=31536000, immutable
	// 200 content of index.html
	// Cache-Control: public, max-age=60
}

// A page of another origin reads downloads with fetch.
func Example_cors() {
	docs := store("docs=mem://", "a.pdf")
	defer docs.Close(context.Background())
	var server blobdownload.Server
	mux := http.NewServeMux()
	view := blobdownload.StorageView(docs, blobdownload.PathValue("key"))
	// docs: begin cors
	cors := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Add("Vary", "Origin")
			if r.Header.Get("Origin") == "https://app.example" {
				h.Set("Access-Control-Allow-Origin", "https://app.example")
				h.Set("Access-Control-Allow-Credentials", "true") // only if downloads need cookies
				h.Set("Access-Control-Expose-Headers",
					"Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag")
				h.Set("Cross-Origin-Resource-Policy", "cross-origin")
			}
			if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
				h.Set("Access-Control-Allow-Methods", "GET, HEAD")
				h.Set("Access-Control-Allow-Headers", "Authorization, If-Range, If-None-Match, Range")
				h.Set("Access-Control-Max-Age", "600")
				w.WriteHeader(http.StatusNoContent)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	mux.Handle("/docs/{key...}", cors(server.Handler(view)))
	// docs: end
	r := httptest.NewRequest(http.MethodGet, "/docs/a.pdf", http.NoBody)
	r.Header.Set("Origin", "https://app.example")
	request(mux, r, "Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy", "Vary")
	r = httptest.NewRequest(http.MethodOptions, "/docs/a.pdf", http.NoBody)
	r.Header.Set("Origin", "https://app.example")
	r.Header.Set("Access-Control-Request-Method", "GET")
	request(mux, r, "Access-Control-Allow-Methods")
	r = httptest.NewRequest(http.MethodGet, "/docs/a.pdf", http.NoBody)
	r.Header.Set("Origin", "https://evil.example")
	request(mux, r, "Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy")
	// Output:
	// 200 content of a.pdf
	// Access-Control-Allow-Origin: https://app.example
	// Cross-Origin-Resource-Policy: cross-origin
	// Vary: Origin
	// 204
	// Access-Control-Allow-Methods: GET, HEAD
	// 200 content of a.pdf
	// Access-Control-Allow-Origin:
	// Cross-Origin-Resource-Policy: same-origin
}

// Another page shows the PDF in a frame.
func Example_embedding() {
	docs := store("docs=mem://", "a.pdf")
	defer docs.Close(context.Background())
	var server blobdownload.Server
	view := blobdownload.StorageView(docs, func(*http.Request) string { return "a.pdf" }).Inline()
	// docs: begin embedding
	view = view.With(func(_ *http.Request, d *blobdownload.Download) error {
		if d.Header == nil {
			d.Header = http.Header{}
		}
		d.Header.Set("Cross-Origin-Resource-Policy", "cross-origin")
		d.Header.Set("Content-Security-Policy",
			"default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors https://app.example")
		return nil
	})
	// docs: end
	get(server.Handler(view), "/", "Content-Security-Policy")
	// Output:
	// 200 content of a.pdf
	// Content-Security-Policy: default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors https://app.example
}

// Errors are JSON or a page of the application.
func Example_errors() {
	docs := store("docs=mem://", "a.txt")
	defer docs.Close(context.Background())
	// docs: begin jsonerrors
	server := &blobdownload.Server{
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			status := blobdownload.Status(err)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(map[string]any{ // never err.Error(): it may name a bucket
				"status": status, "error": http.StatusText(status),
			})
		},
	}
	// docs: end
	get(server.Handler(blobdownload.StorageView(docs, func(*http.Request) string { return "b.txt" })), "/",
		"Content-Type", "Cache-Control")
	// Output:
	// 404 {"error":"Not Found","status":404}
	// Content-Type: application/json
	// Cache-Control: no-store
}

// The errors of a view have the status that they state.
func Example_viewErrors() {
	docs := store("docs=mem://", "a.txt")
	defer docs.Close(context.Background())
	server := &blobdownload.Server{Logger: quiet}
	// docs: begin viewerrors
	errQuota := &blobdownload.StatusError{
		Status: http.StatusTooManyRequests,
		Err:    errors.New("monthly quota used up"), // for the log
		Header: http.Header{"Retry-After": {"3600"}},
	}
	view := func(r *http.Request) (*blobdownload.Download, error) {
		if r.URL.Query().Get("user") == "eve" {
			return nil, errQuota
		}
		return &blobdownload.Download{File: docs.File("a.txt")}, nil
	}
	// docs: end
	get(server.Handler(view), "/?user=eve", "Retry-After")
	get(server.Handler(view), "/?user=ada")
	// Output:
	// 429 Too Many Requests
	// Retry-After: 3600
	// 200 content of a.txt
}

// One route has error pages of its own: it has a server of its own.
func Example_errorPages() {
	docs := store("docs=mem://")
	defer docs.Close(context.Background())
	view := blobdownload.StorageView(docs, func(*http.Request) string { return "b.txt" })
	// docs: begin errorpages
	pages := &blobdownload.Server{
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(blobdownload.Status(err))
			if _, err := w.Write([]byte("<h1>This file is not available.</h1>")); err != nil {
				log.Print(err)
			}
		},
	}
	// docs: end
	get(pages.Handler(view), "/")
	// Output: 404 <h1>This file is not available.</h1>
}

// A player on a page of the application.
func Example_media() {
	videos := store("videos=mem://", "day.mp4", "day.vtt")
	defer videos.Close(context.Background())
	var server blobdownload.Server
	mux := http.NewServeMux()
	// docs: begin media
	media := blobdownload.StorageView(videos, blobdownload.PathValue("key")).
		Inline().
		Cached(blobdownload.Private(time.Hour))
	mux.Handle("GET /media/{key...}", server.Handler(media))
	mux.HandleFunc("GET /watch", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; media-src 'self'")
		fmt.Fprint(w, `<!doctype html><title>A day</title>
<video controls preload="metadata" src="/media/day.mp4">
  <track kind="captions" srclang="en" src="/media/day.vtt">
</video>`)
	})
	// docs: end
	r := httptest.NewRequest(http.MethodGet, "/media/day.mp4", http.NoBody)
	r.Header.Set("Range", "bytes=0-1")
	request(mux, r, "Content-Type", "Content-Range", "Content-Disposition")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/watch", http.NoBody))
	fmt.Println(strings.Contains(w.Body.String(), "<video"))
	// Output:
	// 206 co
	// Content-Type: video/mp4
	// Content-Range: bytes 0-1/18
	// Content-Disposition: inline; filename="day.mp4"
	// true
}
