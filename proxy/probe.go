package proxy

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// Probe finds out which link between a storage and its clients is broken: it writes small objects, asks for
// them along each part of the way, and deletes them. It is meant for the program that operates a site, not
// for one that serves it.
type Probe struct {
	Storage *blobdownload.Storage // must be writable
	Prefix  string                // of the probe's objects, inside of the mount; they are called PREFIX.downloadview-probe…

	// App and Edge are URLs that a key is appended to, escaped: of the application itself, and of the way
	// that clients take. An App of "" is not asked.
	App, Edge string

	// Header is what the front server adds to requests, where the application asks for a proof
	// ([ForClient]).
	Header http.Header

	Mode      ProbeMode
	Locations []string // internal locations, "/_files/" or "/_url", that must not be reachable from outside

	// Validators are those of the optimizer: with blobdownload.AppValidators the front server must
	// send the application's ETag.
	Validators blobdownload.Validators

	Client *http.Client // nil: one of 10 seconds that follows no redirect
}

// ProbeMode is how downloads are to be handed over.
type ProbeMode uint8

// What a front server or a client is told.
const (
	ProbeStream   ProbeMode = iota // nobody sends but the application
	ProbeHeader                    // a front server: XAccel, XSendfile, XAccelPresigned
	ProbeRedirect                  // the client: Presign, CDN
)

// Finding is a fault, and what to change.
type Finding struct {
	Component string // "storage", "application", "edge" or "all together"
	Fault     string
	Change    string
}

func (f *Finding) String() string { return f.Component + ": " + f.Fault + ": " + f.Change }

// probeNames are a plain name, and one that is another file's to whoever decodes it once too often or never.
var probeNames = []string{".downloadview-probe.txt", ".downloadview-probe a%20b+é.txt"}

// Run asks along the way and returns what is wrong, the first cause first. What lies behind a broken link is
// not asked.
func (p *Probe) Run(ctx context.Context) []Finding {
	run := &probeRun{Probe: p, client: p.Client}
	if run.client == nil {
		tr := &http.Transport{DisableCompression: true}
		defer tr.CloseIdleConnections()
		run.client = &http.Client{Transport: tr, Timeout: 10 * time.Second}
	}
	c := *run.client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	run.client = &c
	defer run.clean(context.WithoutCancel(ctx))
	for _, step := range []func(context.Context){run.storage, run.application, run.edge} {
		step(ctx)
		if len(run.findings) > 0 {
			break
		}
	}
	return run.findings
}

// probePadding is more than lies between two parts that anybody sends as one.
const probePadding = 1024

type probeRun struct {
	*Probe
	client   *http.Client
	contents map[string]string // by key
	fetched  string            // what the application tells a front server that fetches from the store itself
	told     *probeAnswer      // of the application, to who has the proof
	streamed *probeAnswer      // to who has none; nil where there is no difference
	findings []Finding
}

func (r *probeRun) found(link, fault, change string) {
	r.findings = append(r.findings, Finding{link, fault, change})
}

func (r *probeRun) storage(ctx context.Context) {
	r.contents = map[string]string{}
	for _, name := range probeNames {
		key := r.Prefix + name
		random := make([]byte, 16)
		_, _ = rand.Read(random)
		content := "downloadview probe " + hex.EncodeToString(random) + strings.Repeat(".", probePadding)
		if err := r.Storage.Bucket.WriteAll(ctx, key, []byte(content), nil); err != nil {
			r.found("storage", fmt.Sprintf("%q cannot be written: %v", r.Storage.Name, err),
				"check the bucket's URL, its credentials and their right to write")
			return
		}
		r.contents[key] = content
		body, err := r.Storage.File(key).Open(ctx, 0, -1)
		if err != nil {
			r.found("storage", fmt.Sprintf("%q cannot be read: %v", r.Storage.Name, err), "give the credentials the right to read objects")
			return
		}
		_ = body.Close()
	}
}

func (r *probeRun) clean(ctx context.Context) {
	for key := range r.contents {
		_ = r.Storage.Bucket.Delete(ctx, key)
	}
}

// probeAnswer is what an answer is judged by.
type probeAnswer struct {
	status int
	header http.Header
	body   string
}

func (a *probeAnswer) handedOver() string {
	for _, name := range []string{"X-Accel-Redirect", "X-Sendfile", "X-Lighttpd-Send-File"} {
		if a.header.Get(name) != "" {
			return name
		}
	}
	return ""
}

// probeBody is how much of an answer is read.
const probeBody = 4096

func (r *probeRun) get(ctx context.Context, url string, fields http.Header) (*probeAnswer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	for name, values := range fields {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var b strings.Builder
	if _, err := io.Copy(&b, io.LimitReader(resp.Body, probeBody)); err != nil {
		return nil, err
	}
	return &probeAnswer{resp.StatusCode, resp.Header, b.String()}, nil
}

func (r *probeRun) url(base, key string) string { return base + escaped(strings.Split(key, "/")) }
