package main

import (
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/wrapper"
)

// linkOptions configure signed links.
type linkOptions struct {
	keyFile string
	url     string
	max     time.Duration
}

func (l *linkOptions) flags(fs *flag.FlagSet) {
	fs.Var(text(&l.keyFile), "link-key-file",
		"`file` of the keys of signed links: lines ID:BASE64 with at least 32 bytes; the first one signs\n"+
			"(default: there are no signed links)")
	fs.Var(text(&l.url), "link-url",
		"`URL` of the gateway in signed links, such as https://files.example.com (default: links without a host)")
	fs.Var(duration(&l.max, wrapper.MaxExpiry, time.Second), "link-lifetime", "maximum `duration` for which a signed link is valid")
}

func (l *linkOptions) check(users bool, allowSign []string) error {
	if l.max > wrapper.MaxExpiry {
		return fmt.Errorf("link-lifetime: %s: want at most %s", l.max, wrapper.MaxExpiry)
	}
	if l.keyFile == "" {
		switch {
		case len(allowSign) > 0:
			return errors.New("allow-sign: has no effect without link-key-file")
		case l.url != "":
			return errors.New("link-url: has no effect without link-key-file")
		}
		return nil
	}
	if l.url != "" {
		if _, err := publicURL(l.url); err != nil {
			return fmt.Errorf("link-url: %q: %w", l.url, err)
		}
	}
	if users && len(allowSign) == 0 {
		return errors.New("link-key-file: no user may sign links; set allow-sign")
	}
	return nil
}

// signer returns the signer of links, or nil.
func (l *linkOptions) signer(logger *slog.Logger) (*blobdownload.Signer, error) {
	if l.keyFile == "" {
		return nil, nil //nolint:nilnil // no signed links
	}
	keys, err := readKeys(l.keyFile)
	if err != nil {
		return nil, fmt.Errorf("link-key-file: %w", err)
	}
	s, err := blobdownload.NewSigner(blobdownload.SignerOptions{
		Keys: keys, URL: strings.TrimSuffix(l.url, "/") + linkPath, Audience: linkPath, MaxExpiry: l.max, Logger: logger,
	})
	if err != nil {
		return nil, fmt.Errorf("link-key-file: %w", err)
	}
	return s, nil
}

// readKeys reads lines ID:BASE64. Its errors name the line and never the key.
func readKeys(file string) (keys []blobdownload.SigningKey, err error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	n := 0
	for line := range strings.Lines(string(content)) {
		n++
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, encoded, ok := strings.Cut(line, ":")
		secret, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil || len(secret) < blobdownload.MinSecret {
			return nil, fmt.Errorf("%s:%d: want ID:BASE64 with at least %d bytes, such as openssl rand -base64 32 prints",
				file, n, blobdownload.MinSecret)
		}
		keys = append(keys, blobdownload.SigningKey{ID: id, Secret: secret})
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%s: no keys", file)
	}
	return keys, nil
}
