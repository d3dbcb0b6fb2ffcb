package wrapper

import (
	"context"
	"time"
)

// storedState is the state of a stored object before it is requested.
type storedState int

const (
	unchecked storedState = iota // no age is set: the request shows whether the object exists
	current
	outdated
)

// sourceKey is the name of the metadata that holds the validator of the content that an object was stored from.
const sourceKey = "downloadview_source"

// lookUp returns whether the stored object is older than MaxAge and no longer current. Its error is the object's.
func (s *materializedSource) lookUp(ctx context.Context) (storedState, error) {
	if s.m.MaxAge <= 0 {
		return unchecked, nil
	}
	resp, err := s.object.Fetch(ctx, Request{Head: true})
	if err != nil {
		return unchecked, err
	}
	now := time.Now().Add(resp.Info.ClockAhead)
	if now.Sub(resp.Info.ModTime) <= s.m.MaxAge {
		return current, nil
	}
	if _, ok := s.m.revalidated.get(s.object.loc); ok {
		return current, nil
	}
	attrs, err := s.m.Bucket.Attributes(ctx, s.key)
	if err != nil {
		return unchecked, pathError("stat", s.made.name, err)
	}
	storedFrom := attrs.Metadata[sourceKey]
	if storedFrom == "" {
		return outdated, nil
	}
	info, err := s.made.Stat(ctx)
	if err != nil {
		s.m.logOnce(ctx, s.key, err) // the object is served while its source fails
		return current, nil
	}
	if validator(&info) != storedFrom {
		return outdated, nil
	}
	s.m.revalidated.put(s.object.loc, resp.Info)
	return current, nil
}
