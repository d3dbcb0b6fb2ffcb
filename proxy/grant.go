package proxy

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// GrantURL returns the beginning of the URLs, at a CDN's mount, that a grant covers, with a slash at its end. It is an error
// if the grant is wider than the mount, or has a condition that no CDN checks: Client or Head.
func (m *Mount) GrantURL(g blobdownload.Grant) (string, error) {
	if err := g.Validate(); err != nil {
		return "", err
	}
	if err := m.validate("Mount.", absoluteURL); err != nil {
		return "", err
	}
	now := time.Now()
	dir := strings.TrimSuffix(g.Prefix, "/")
	name, plain := m.Keys.name(dir)
	switch {
	case g.Client != "" || g.Head:
		return "", fmt.Errorf("proxy: grant with Client or Head: %w by CDNs", errors.ErrUnsupported)
	case g.Expires.Unix() <= now.Unix():
		return "", errors.New("proxy: grant: Expires is not in the future")
	case g.Expires.After(now.Add(wrapper.MaxExpiry)):
		return "", fmt.Errorf("proxy: grant: Expires is more than %v from now", wrapper.MaxExpiry)
	case g.Store != m.Store:
		return "", fmt.Errorf("proxy: grant of Store %q: the mount is of %q", g.Store, m.Store)
	case !strings.HasPrefix(g.Prefix, m.Prefix):
		return "", fmt.Errorf("proxy: grant of Prefix %q: the mount is of %q", g.Prefix, m.Prefix)
	case !plain || name != dir:
		return "", fmt.Errorf("proxy: grant of Prefix %q: its name at the CDN differs", g.Prefix)
	}
	return m.Location + escapedURL(strings.Split(strings.TrimPrefix(g.Prefix, m.Prefix), "/")), nil
}
