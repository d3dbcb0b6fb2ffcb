package azure

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	azblob "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

// sharedKeys are those of UseSharedKey: *container.SharedKeyCredential by the URL of a container.
var sharedKeys sync.Map

// UseSharedKey sets the key of a bucket's storage account, in base64. It signs URLs that set a file name, a media type,
// Cache-Control or a version. It is for buckets that a program opened with azureblob.OpenBucket and a client with the same
// key: without one, signing fails with errors.ErrUnsupported. A bucket of another provider, or a key that is not base64, is
// an error. It may be called by many goroutines.
func UseSharedKey(b *blob.Bucket, account, key string) error {
	var c *container.Client
	if !b.As(&c) {
		return errors.New("azure: not a bucket of Azure Blob Storage")
	}
	a, err := newAccount(account, key)
	if err != nil {
		return err
	}
	sharedKeys.Store(c.URL(), a.credential)
	return nil
}

// sharedKey returns the key to sign URLs with: the one of UseSharedKey, or the environment's if it is of the same account.
func (s *store) sharedKey() (*container.SharedKeyCredential, error) {
	if c, ok := sharedKeys.Load(s.container); ok {
		return c.(*container.SharedKeyCredential), nil
	}
	a := s.environment.account
	if a == nil || !strings.Contains(s.container, a.name) {
		return nil, fmt.Errorf("azure: no storage account key to sign with: %w", errors.ErrUnsupported)
	}
	return a.credential, nil
}

// startMargin is how long before its time a signature begins to hold. Before the first response the service's clock may
// be behind this machine's.
const startMargin = 5 * time.Minute

// SignedURL makes no request.
func (s *store) SignedURL(ctx context.Context, key string, o wrapper.SignOptions) (string, error) {
	cred, err := s.sharedKey()
	if err != nil {
		return "", err
	}
	object, err := s.objectURL(ctx, key)
	if err != nil {
		return "", err
	}
	parts, err := azblob.ParseURL(object)
	if err != nil {
		return "", fmt.Errorf("azure: %w", err)
	}
	at := s.service.Clock.SigningTime(o.At)
	values := sas.BlobSignatureValues{
		Protocol:           sasProtocol(parts.Scheme),
		StartTime:          at.Add(-startMargin),
		ExpiryTime:         at.Add(o.Expiry),
		Permissions:        (&sas.BlobPermissions{Read: true}).String(),
		ContainerName:      parts.ContainerName,
		BlobName:           parts.BlobName,
		BlobVersion:        o.Version,
		ContentDisposition: o.ContentDisposition,
		ContentType:        o.ContentType,
		CacheControl:       o.CacheControl,
	}
	if parts.SAS, err = values.SignWithSharedKey(cred); err != nil {
		return "", fmt.Errorf("azure: %w", err)
	}
	parts.VersionID = o.Version
	return parts.String(), nil
}

func sasProtocol(scheme string) sas.Protocol {
	if scheme == "http" {
		return sas.ProtocolHTTPSandHTTP
	}
	return sas.ProtocolHTTPS
}

// objectURL returns the URL of a blob, its key escaped and prefixed as the bucket does it: the bucket signs a URL, and
// the signature is dropped.
func (s *store) objectURL(ctx context.Context, key string) (string, error) {
	b := s.sdk.bucket.Value()
	if b == nil {
		return "", errClosed
	}
	signed, err := b.SignedURL(ctx, key, &blob.SignedURLOptions{Method: http.MethodGet, Expiry: time.Minute})
	if err != nil {
		return "", fmt.Errorf("azure: the bucket's own credentials cannot sign: %w", errors.Join(errors.ErrUnsupported, err))
	}
	u, err := url.Parse(signed)
	if err != nil {
		return "", fmt.Errorf("azure: %w", err)
	}
	u.RawQuery = ""
	return u.String(), nil
}
