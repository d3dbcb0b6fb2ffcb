package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// signCommand is "gateway sign": it prints a signed link to a file. It opens no bucket.
func signCommand(args []string, stdout, stderr io.Writer) int {
	var path string
	lifetime := defaultLifetime
	more := func(fs *flag.FlagSet) {
		fs.Var(text(&path), "path", "`NAME/KEY` of the file")
		fs.Var(duration(&lifetime, defaultLifetime, time.Second), "lifetime", "`duration` for which the link is valid")
	}
	o, err := parseOptionsWith(args, more)
	if errors.Is(err, errHelp) {
		usage(stdout, "Sign prints a signed link to a file. Start it with the gateway's flags and with -path.", more)
		return exitOK
	}
	if err == nil && o.links.keyFile == "" {
		err = errors.New("link-key-file: not set")
	}
	if err != nil {
		return fail(stderr, err)
	}
	link, err := o.signPath(path, lifetime)
	if err != nil {
		return fail(stderr, err)
	}
	fmt.Fprintln(stdout, link)
	return exitOK
}

func (o *options) signPath(path string, lifetime time.Duration) (string, error) {
	name, key, ok := strings.Cut(path, "/")
	if !ok || !slices.Contains(o.names(), name) {
		return "", fmt.Errorf("-path %q: want NAME/KEY with the NAME of a bucket: %s", path, strings.Join(o.names(), ", "))
	}
	if err := blobdownload.CanonicalKey(key); err != nil {
		return "", fmt.Errorf("-path %q: %w", path, err)
	}
	signer, err := o.links.signer(slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	return signer.Sign(blobdownload.Link{
		Store: name, Key: keyPrefix(o.bucketConfigs(), name) + key, Expires: time.Now().Add(lifetime),
	})
}
