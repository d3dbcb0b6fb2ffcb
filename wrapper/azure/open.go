package azure

import (
	"log/slog"
	"net/http"
	"net/url"
	"weak"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // registers the scheme

	"github.com/go-downloadview/downloadview/internal/redact"
	"github.com/go-downloadview/downloadview/internal/upstream"
	"github.com/go-downloadview/downloadview/wrapper"
)

func init() { wrapper.RegisterStore(open) }

// open returns the store of a bucket of Azure Blob Storage, and false for any other bucket. It makes no request.
func open(b *blob.Bucket, opened *url.URL) (wrapper.Store, bool) {
	var c *container.Client
	if !b.As(&c) {
		return nil, false
	}
	s := &store{client: c, container: c.URL(), environment: readEnvironment(), sdk: &sdk{weak.Make(b)}}
	s.service.Protocol, s.service.Bucket = protocol, containerName(c.URL())
	s.service.Clock.Store, s.service.Clock.Layout = "Azure", http.TimeFormat
	d, err := openDirect(c.URL(), opened, &s.environment)
	if err != nil {
		slog.Debug("Azure: requests go through the SDK", "why", redact.Error(err))
		return s, true
	}
	d.clock = &s.service.Clock
	s.direct = d
	return s, true
}

var _ interface {
	wrapper.Store
	wrapper.IdleCloser
	wrapper.ConditionalStore
	wrapper.VersionStore
} = (*store)(nil)

// protocol is how the service responds.
var protocol = &upstream.Protocol{
	Refusals: upstream.AzureRefusals, CodeField: "X-Ms-Error-Code", Genuine: genuine, Foreign: errForeign,
	Archived: archived, Error: apiError,
}
