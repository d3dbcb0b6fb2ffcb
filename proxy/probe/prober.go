package probe

import (
	"context"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/redact"
)

// Prober checks one storage, and one mount of it, with the components that its downloads pass.
type Prober struct {
	// Storage is where the objects are written. It must be writable.
	Storage *blobdownload.Storage

	// Prefix is the beginning of the objects' keys, inside of the mount. The keys are Prefix.downloadview-probe….
	Prefix string

	// AppURL and PublicURL are URLs to which an escaped key is appended: the application's own, and the one that
	// clients use. An empty AppURL skips the checks of the application alone.
	AppURL, PublicURL string

	// Header has the fields that the proxy adds to requests, if the application requires a proof (proxy.ForClient).
	Header http.Header

	// Mode is how downloads are sent.
	Mode Mode

	// Locations are internal locations, such as "/_files/" or "/_url", that clients must not reach.
	Locations []string

	// Validators are the optimizer's. With blobdownload.AppValidators the proxy must send the application's ETag.
	Validators blobdownload.Validators

	// Client sends the requests, and follows no redirect. nil means a client with a timeout of 10 seconds. If a permission
	// check requires credentials, set a Client whose Transport adds them.
	Client *http.Client
}

// Mode is how an application sends downloads.
type Mode uint8

// The modes, and the optimizers that they are for.
const (
	Stream   Mode = iota // no optimizer
	Offload              // to a proxy: XAccel, XSendfile, XAccelPresigned
	Redirect             // of the client: Presign, CDN
)

// Finding is a fault of a component, and what to change.
type Finding struct {
	Component string // "storage", "application", "proxy" or "end to end"
	Fault     string // the wrong behaviour
	Change    string // the setting to change
}

// String returns component, fault and change in one line.
func (f Finding) String() string { return f.Component + ": " + f.Fault + ": " + f.Change }

// The components of findings. The last one is all of them together.
const (
	storage     = "storage"
	application = "application"
	reverse     = "proxy"
	endToEnd    = "end to end"
)

// Run checks the components in turn and returns the faults of the first one that has any; none means that all components
// work. An unreachable component is a finding too. The objects are deleted in any case, also after ctx is done.
func (p *Prober) Run(ctx context.Context) []Finding {
	run := &run{Prober: p, client: p.Client}
	if run.client == nil {
		tr := &http.Transport{DisableCompression: true}
		defer tr.CloseIdleConnections()
		run.client = &http.Client{Transport: tr, Timeout: 10 * time.Second}
	}
	c := *run.client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	run.client = &c
	defer run.deleteObjects(context.WithoutCancel(ctx))
	for _, check := range []func(context.Context){run.checkStorage, run.checkApplication, run.checkPublic} {
		check(ctx)
		if len(run.findings) > 0 {
			break
		}
	}
	return run.findings
}

// run is one run of a Prober.
type run struct {
	*Prober
	client   *http.Client
	contents map[string]string // by key
	findings []Finding

	// target is the X-Accel-Redirect by which nginx fetches from the storage, "" if it sends a file.
	target string

	// offloaded is the application's response to a request with the proof, and streamed to one without. Both are nil
	// if validators do not distinguish them.
	offloaded, streamed *response
}

func (r *run) found(component, fault, change string) {
	r.findings = append(r.findings, Finding{component, redact.Text(fault), change})
}
