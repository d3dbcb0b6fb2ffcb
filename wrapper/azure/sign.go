package azure

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	azblob "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
	"gocloud.dev/blob"

	"github.com/go-downloadview/downloadview/wrapper"
)

var sharedKeys sync.Map // URL of a container to *container.SharedKeyCredential

// UseSharedKey gives the key of its storage account to a bucket, by which URLs are signed that name a file
// name, a type, a cache policy or a version. It returns an error for a bucket of another provider.
func UseSharedKey(b *blob.Bucket, account, key string) error {
	var c *container.Client
	if !b.As(&c) {
		return errors.New("azure: not a bucket of Azure Blob Storage")
	}
	cred, err := container.NewSharedKeyCredential(account, key)
	if err != nil {
		return fmt.Errorf("azure: storage account key: %w", err)
	}
	sharedKeys.Store(c.URL(), cred)
	return nil
}

// sharedKey returns the key to sign by: the one given, or that of the environment if it is of this account.
func (s *store) sharedKey() (*container.SharedKeyCredential, error) {
	if c, ok := sharedKeys.Load(s.container.URL()); ok {
		return c.(*container.SharedKeyCredential), nil
	}
	account, key := os.Getenv("AZURE_STORAGE_ACCOUNT"), os.Getenv("AZURE_STORAGE_KEY")
	if account == "" || key == "" || !strings.Contains(s.container.URL(), account) {
		return nil, fmt.Errorf("azure: no storage account key to sign by: %w", errors.ErrUnsupported)
	}
	return container.NewSharedKeyCredential(account, key)
}

// clockSkew is how far in the past a signature begins to hold, for the service's clock to be behind.
const clockSkew = 5 * time.Minute

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
	at := o.At.UTC()
	if o.At.IsZero() {
		at = time.Now().UTC()
	}
	values := sas.BlobSignatureValues{
		Protocol:           protocol(parts.Scheme),
		StartTime:          at.Add(-clockSkew),
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

func protocol(scheme string) sas.Protocol {
	if scheme == "http" {
		return sas.ProtocolHTTPSandHTTP
	}
	return sas.ProtocolHTTPS
}

// objectURL returns the URL of a blob as the bucket escapes and prefixes its key: that of a URL which the
// bucket signs, less the signature.
func (s *store) objectURL(ctx context.Context, key string) (string, error) {
	b := s.bucket.Value()
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
