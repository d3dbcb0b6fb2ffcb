package gcs

import (
	"context"
	"errors"
	"strconv"
	"time"

	"cloud.google.com/go/storage"
	"google.golang.org/api/iterator"

	"github.com/go-downloadview/downloadview/internal/upstream"
)

// VersionAt returns the generation that was current at a time: the service has the time of creation and of deletion of
// each. One request returns up to 1,000 generations.
func (s *store) VersionAt(ctx context.Context, key string, at time.Time) (string, error) {
	full, err := s.keys.InStore(ctx, key)
	if err != nil {
		return "", err
	}
	q := &storage.Query{Prefix: full, Versions: true}
	if err := q.SetAttrSelection([]string{"Name", "Generation", "Created", "Deleted"}); err != nil {
		return "", err
	}
	version := ""
	for list := s.list.Objects(ctx, q); ; {
		o, err := list.Next()
		if errors.Is(err, iterator.Done) || err == nil && o.Name != full { // names are listed in order
			break
		}
		if err != nil {
			return "", upstream.WithoutURL(err)
		}
		if !o.Created.After(at) && (o.Deleted.IsZero() || o.Deleted.After(at)) {
			version = strconv.FormatInt(o.Generation, 10)
		}
	}
	return upstream.FoundVersion(version, at)
}
