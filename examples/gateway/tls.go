package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"log/slog"
	"os"
	"sync"
	"time"
)

// tlsFiles are the PEM files of the certificate chain and its private key. Both empty means no TLS.
type tlsFiles struct{ cert, key string }

func (f *tlsFiles) flags(fs *flag.FlagSet) {
	fs.Var(text(&f.cert), "tls-cert", "PEM `file` of the certificate and its chain; it is read again when it changes")
	fs.Var(text(&f.key), "tls-key", "PEM `file` of the certificate's private key")
}

func (f *tlsFiles) check() error {
	if (f.cert == "") != (f.key == "") {
		return errors.New("tls-cert, tls-key: want both or neither")
	}
	return nil
}

// certAge is how long a certificate is used before its files are looked at again.
const certAge = time.Second

// certificate is a certificate that is loaded again when its files have changed. If that fails, the last one stays in use.
type certificate struct {
	files  tlsFiles
	logger *slog.Logger

	mu     sync.Mutex
	looked time.Time
	read   [2]os.FileInfo // of the files
	loaded *tls.Certificate
}

// load returns the configuration of the server, or the error of the first load. It is nil without TLS.
func (f tlsFiles) load(logger *slog.Logger) (*tls.Config, error) {
	if f.cert == "" {
		return nil, nil //nolint:nilnil // no TLS
	}
	c := &certificate{files: f, logger: logger}
	if _, err := c.get(nil); err != nil {
		return nil, err
	}
	return &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12}, nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loaded != nil && time.Since(c.looked) < certAge {
		return c.loaded, nil
	}
	c.looked = time.Now()
	now, err := statAll(c.files.cert, c.files.key)
	if err == nil && c.loaded != nil && isSameFile(now[0], c.read[0]) && isSameFile(now[1], c.read[1]) {
		return c.loaded, nil
	}
	var pair tls.Certificate
	if err == nil {
		pair, err = tls.LoadX509KeyPair(c.files.cert, c.files.key)
	}
	switch {
	case err == nil:
		c.loaded, c.read = &pair, now
	case c.loaded == nil:
		return nil, err
	default:
		c.logger.Error("the certificate stays in use: its files cannot be loaded", "error", err)
	}
	return c.loaded, nil
}

func statAll(files ...string) (all [2]os.FileInfo, err error) {
	for i, file := range files {
		if all[i], err = os.Stat(file); err != nil {
			return all, err
		}
	}
	return all, nil
}

// isSameFile reports whether a file is unchanged. The modification time alone does not show that: all files of a package
// manager's store have the same one, and a copy may keep it.
func isSameFile(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}
