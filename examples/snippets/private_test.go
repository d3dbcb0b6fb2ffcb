package snippets_test

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"

	"github.com/go-downloadview/downloadview/blobdownload"
)

type invoice struct{ owner, key string }

// A check decides before the view, or with the record.
func Example_private() {
	docs := store("docs=mem://", "handbook.pdf", "7.pdf")
	defer docs.Close(context.Background())
	userOf := func(r *http.Request) string {
		user, _, _ := r.BasicAuth()
		return user
	}
	invoices := map[string]invoice{"7": {owner: "alice", key: "7.pdf"}}
	findInvoice := func(r *http.Request) (invoice, error) {
		found, ok := invoices[r.PathValue("id")]
		if !ok {
			return invoice{}, fs.ErrNotExist
		}
		return found, nil
	}
	mux, server := http.NewServeMux(), &blobdownload.Server{Logger: quiet}
	// docs: begin private
	signedIn := func(r *http.Request) error {
		if userOf(r) == "" { // your session
			return blobdownload.Unauthorized(`Basic realm="files"`)
		}
		return nil
	}
	isOwner := func(r *http.Request, i invoice) error {
		if userOf(r) != i.owner {
			return fs.ErrNotExist // as for an invoice that does not exist
		}
		return nil
	}
	mux.Handle("/handbooks/{key...}", server.Handler(
		blobdownload.StorageView(docs, blobdownload.PathValue("key")).Authorized(signedIn)))
	mux.Handle("/invoices/{id}", server.Handler(
		blobdownload.AuthorizedObjectView(findInvoice, isOwner, func(i invoice) (*blobdownload.Download, error) {
			return &blobdownload.Download{File: docs.File(i.key), Filename: "Invoice.pdf"}, nil
		})))
	// docs: end
	as := func(user, target string, fields ...string) {
		r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
		if user != "" {
			r.SetBasicAuth(user, "")
		}
		request(mux, r, fields...)
	}
	as("", "/handbooks/handbook.pdf", "WWW-Authenticate")
	as("bob", "/handbooks/handbook.pdf", "Cache-Control")
	as("bob", "/invoices/7")
	as("alice", "/invoices/7", "Content-Disposition")
	// Output:
	// 401 Unauthorized
	// WWW-Authenticate: Basic realm="files"
	// 200 content of handbook.pdf
	// Cache-Control: private, no-cache
	// 404 Not Found
	// 200 content of 7.pdf
	// Content-Disposition: attachment; filename="Invoice.pdf"
}
