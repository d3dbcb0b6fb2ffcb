package azure

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// VersionAt returns the version that was current at a time, or the last one before a deletion: the service has no time of
// deletions. A version's id is its time. One request returns up to 5,000 versions.
func (s *store) VersionAt(ctx context.Context, key string, at time.Time) (string, error) {
	if s.direct == nil || !plain(key) {
		return "", fmt.Errorf("versions through the SDK: %w", errors.ErrUnsupported)
	}
	full := strings.TrimPrefix(s.direct.base.Path, s.direct.root+"/") + key
	pages := s.client.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{
		Prefix: &full, Include: container.ListBlobsInclude{Versions: true},
	})
	version, newest := "", time.Time{}
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", upstream.WithoutURL(err)
		}
		for _, b := range page.Segment.BlobItems {
			if b.Name == nil || b.VersionID == nil || *b.Name > full { // names are listed in order
				return upstream.FoundVersion(version, at)
			}
			created, err := time.Parse(time.RFC3339Nano, *b.VersionID)
			if err == nil && *b.Name == full && !created.After(at) && created.After(newest) {
				version, newest = *b.VersionID, created
			}
		}
	}
	return upstream.FoundVersion(version, at)
}
