package probe_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"gocloud.dev/blob/memblob"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/proxy/probe"
	"github.com/go-downloadview/downloadview/wrapper"
)

// The application offloads to nginx, but clients reach it without nginx.
func ExampleProber() {
	docs := &blobdownload.Storage{Name: "docs", Bucket: wrapper.NewBucket(memblob.OpenBucket(nil))}
	defer docs.Bucket.Close()
	server := blobdownload.Server{Optimizer: &proxy.XAccel{Mounts: []proxy.Mount{{Store: "docs", Location: "/_files/"}}}}
	app := httptest.NewServer(server.Handler(blobdownload.StorageView(docs, func(r *http.Request) string { return r.URL.Path[1:] })))
	defer app.Close()

	p := probe.Prober{Storage: docs, AppURL: app.URL + "/", PublicURL: app.URL + "/", Mode: probe.Offload}
	for _, finding := range p.Run(context.Background()) {
		fmt.Println(finding.Component+":", finding.Fault)
	}
	// Output:
	// proxy: X-Accel-Redirect reaches the client: no proxy applies it
}
