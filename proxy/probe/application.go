package probe

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// checkApplication requests an object from the application alone, with the proxy's header fields.
func (r *run) checkApplication(ctx context.Context) {
	if r.AppURL == "" {
		return
	}
	target := r.AppURL + escaped(r.Prefix+names[0])
	a, err := r.get(ctx, target, r.Header)
	if err != nil {
		r.found(application, fmt.Sprintf("no response: %v", err), "start it, and check its address")
		return
	}
	fetches := strings.Contains(a.header.Get("X-Accel-Redirect"), "?")
	if fetches {
		r.target = a.header.Get("X-Accel-Redirect")
	}
	switch {
	case a.status == http.StatusNotFound:
		r.found(application, "responds 404 for the object that was just written",
			"serve the same bucket, and check the path of the handler")
	case a.status >= http.StatusBadRequest:
		r.found(application, fmt.Sprintf("responds %d", a.status), "its log has the cause")
	case r.Mode == Offload && a.offload() == "":
		r.found(application, "streams the file",
			"set Server.Optimizer, with a mount of the storage and the prefix; with ForClient, set Prober.Header to the proof")
	case r.Mode == Redirect && a.header.Get("Location") == "":
		r.found(application, "streams the file",
			"set Server.Optimizer to a Presign or a CDN; the application's log has the reason if a storage cannot sign")
	}
	if r.Mode == Offload && len(r.Header) > 0 {
		r.checkProof(ctx, target, a, fetches)
	}
}

// checkProof requests the object without the proof.
func (r *run) checkProof(ctx context.Context, target string, offloaded *response, fetches bool) {
	streamed, err := r.get(ctx, target, nil)
	switch {
	case err != nil:
	case streamed.offload() != "":
		r.found(application, streamed.offload()+" is sent to clients without the proof",
			"put the optimizer into When with ForClient, with the proof that the proxy adds")
	case !fetches: // else the storage's validators are in both
		r.offloaded, r.streamed = offloaded, streamed
	}
}
