package main

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/proxy/cloudfront"
)

// cdnKeys name the keys that sign URLs of a CDN.
type cdnKeys struct {
	frontID, frontFile     string
	googleName, googleFile string
}

func (c *cdnKeys) flags(fs *flag.FlagSet) {
	fs.Var(text(&c.frontID), "cloudfront-key-id", "`ID` of the key that signs URLs of CloudFront")
	fs.Var(text(&c.frontFile), "cloudfront-key-file", "PEM `file` of that key")
	fs.Var(text(&c.googleName), "cloud-cdn-key-name", "`name` of the key that signs URLs of Google's Cloud CDN")
	fs.Var(text(&c.googleFile), "cloud-cdn-key-file", "`file` of that key in base64url")
}

// check rejects a key without its name, no key, and keys of both.
func (c *cdnKeys) check(used bool) error {
	front, google := c.frontID != "" || c.frontFile != "", c.googleName != "" || c.googleFile != ""
	switch {
	case !used && front:
		return errors.New("cloudfront-key-id: has no effect without optimize cdn")
	case !used && google:
		return errors.New("cloud-cdn-key-name: has no effect without optimize cdn")
	case front && google:
		return errors.New("cloudfront-key-id, cloud-cdn-key-name: want one of both")
	case front && (c.frontID == "" || c.frontFile == ""):
		return errors.New("cloudfront-key-id, cloudfront-key-file: want both or neither")
	case google && (c.googleName == "" || c.googleFile == ""):
		return errors.New("cloud-cdn-key-name, cloud-cdn-key-file: want both or neither")
	case used && !front && !google:
		return errors.New("optimize cdn: no key; set cloudfront-key-id and cloudfront-key-file, or " +
			"cloud-cdn-key-name and cloud-cdn-key-file")
	}
	return nil
}

// signer reads the signing key from its file.
func (c *cdnKeys) signer() (proxy.URLSigner, error) {
	if c.frontID != "" {
		key, err := privateKey(c.frontFile)
		if err != nil {
			return nil, fmt.Errorf("cloudfront-key-file: %w", err)
		}
		return cloudfront.NewSigner(c.frontID, key)
	}
	content, err := os.ReadFile(c.googleFile)
	if err != nil {
		return nil, fmt.Errorf("cloud-cdn-key-file: %w", err)
	}
	key, err := base64.URLEncoding.DecodeString(strings.TrimSpace(string(content)))
	if err != nil || len(key) != 16 {
		return nil, errors.New("cloud-cdn-key-file: want 16 bytes in base64url")
	}
	return &proxy.CloudCDN{KeyName: c.googleName, Key: key}, nil
}

func privateKey(file string) (crypto.Signer, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("want a key in PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("want a private key in PKCS #1 or PKCS #8")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("the key cannot sign")
	}
	return signer, nil
}
