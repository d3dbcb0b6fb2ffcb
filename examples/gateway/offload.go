package main

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
	"github.com/go-downloadview/downloadview/proxy/cloudfront"
)

// offload is the part of the command line that chooses how downloads are sent.
type offload struct {
	mode      string
	mounts    []proxy.Mount
	app       bool   // application validators
	paths     string // form of the paths in X-Sendfile
	proof     string // FIELD=VALUE
	allowHTTP bool
}

func (o *offload) flags(fs *flag.FlagSet) {
	fs.StringVar(&o.mode, "optimize", "stream", "`mode` of sending downloads: stream, xaccel, xsendfile, presign, xaccel-presigned or cdn")
	fs.Func("mount", "`STORE[/PREFIX]=LOCATION` where the proxy or CDN sees the objects of a bucket, such as default=/_files/;\n"+
		"default is the bucket without a name; may be repeated",
		func(s string) error {
			m, err := parseMount(s)
			o.mounts = append(o.mounts, m)
			return err
		})
	fs.BoolVar(&o.app, "own-validators", false,
		"use application validators: the gateway sends ETag and Last-Modified and evaluates preconditions")
	fs.StringVar(&o.paths, "paths", "plain", "how the proxy reads X-Sendfile: raw (Apache), escaped (lighttpd) or plain (any)")
	fs.StringVar(&o.proof, "proof", "", "`FIELD=VALUE` that the proxy adds to requests; downloads without it are streamed")
	fs.BoolVar(&o.allowHTTP, "allow-http", false, "allow http:// in presigned URLs")
}

func parseMount(s string) (proxy.Mount, error) {
	from, location, ok := strings.Cut(s, "=")
	store, prefix, _ := strings.Cut(from, "/")
	if !ok || store == "" || location == "" {
		return proxy.Mount{}, errors.New("want STORE[/PREFIX]=LOCATION, such as default=/_files/ or docs/public/=/_public/")
	}
	return proxy.Mount{Store: store, Prefix: prefix, Location: location}, nil
}

// optimizer returns the optimizer of the flags, or nil for streaming. It validates the optimizer with the storages' names.
func (o *offload) optimizer(storages blobdownload.Storages, getenv func(string) string,
	logger *slog.Logger) (blobdownload.Optimizer, error) {
	made, err := o.make(getenv, logger)
	if err != nil || made == nil {
		return nil, err
	}
	if o.proof != "" {
		name, value, _ := strings.Cut(o.proof, "=")
		made = proxy.When(made, proxy.ForClient(proxy.ClientMatch{Header: name, Value: value}))
	}
	var names []string
	for _, s := range storages {
		names = append(names, s.Name)
	}
	if err := proxy.Validate(made, names...); err != nil {
		return nil, fmt.Errorf("-optimize %s: %w", o.mode, err)
	}
	return made, nil
}

func (o *offload) make(getenv func(string) string, logger *slog.Logger) (blobdownload.Optimizer, error) {
	validators := blobdownload.Validators(0)
	if o.app {
		validators = blobdownload.AppValidators
	}
	presign := func() *proxy.Presign {
		return &proxy.Presign{AllowHTTP: o.allowHTTP, Validators: validators, Logger: logger}
	}
	switch o.mode {
	case "", "stream":
		if len(o.mounts) > 0 {
			return nil, errors.New("-mount: has no effect with -optimize stream")
		}
		return nil, nil //nolint:nilnil // no optimizer: everything is streamed
	case "xaccel":
		return &proxy.XAccel{Mounts: o.mounts, Validators: validators}, nil
	case "xsendfile":
		paths, ok := map[string]proxy.PathForm{"plain": proxy.PlainPaths, "raw": proxy.RawPaths, "escaped": proxy.EscapedPaths}[o.paths]
		if !ok {
			return nil, fmt.Errorf("-paths %q: want raw (Apache), escaped (lighttpd) or plain", o.paths)
		}
		return &proxy.XSendfile{Mounts: o.mounts, Validators: validators, Paths: paths}, nil
	case "presign":
		if len(o.mounts) > 0 {
			return nil, errors.New("-mount: has no effect with -optimize presign")
		}
		return presign(), nil
	case "xaccel-presigned":
		var all []blobdownload.Optimizer
		for _, m := range o.mounts {
			x := &proxy.XAccelPresigned{
				Location: m.Location, AllowHTTP: o.allowHTTP, Validators: validators, Logger: logger,
			}
			rules := []proxy.Rule{proxy.InStore(m.Store)}
			if m.Prefix != "" {
				rules = append(rules, proxy.UnderPrefix(m.Prefix))
			}
			all = append(all, proxy.When(x, rules...))
		}
		if len(all) == 0 {
			return nil, errors.New("-mount: not set; -optimize xaccel-presigned requires one such as default=/_url")
		}
		return proxy.First(all...), nil
	case "cdn":
		signer, err := cdnSigner(getenv)
		return &proxy.CDN{Mounts: o.mounts, Signer: signer}, err
	default:
		return nil, fmt.Errorf("-optimize %q: want stream, xaccel, xsendfile, presign, xaccel-presigned or cdn", o.mode)
	}
}

// cdnSigner reads the signing key from the file that the environment names.
func cdnSigner(getenv func(string) string) (proxy.URLSigner, error) {
	if id := getenv("CLOUDFRONT_KEY_ID"); id != "" {
		key, err := privateKey(getenv("CLOUDFRONT_KEY_FILE"))
		if err != nil {
			return nil, fmt.Errorf("CLOUDFRONT_KEY_FILE: %w", err)
		}
		return cloudfront.NewSigner(id, key)
	}
	name := getenv("CLOUD_CDN_KEY_NAME")
	if name == "" {
		return nil, errors.New("-optimize cdn: no key; set CLOUDFRONT_KEY_ID and CLOUDFRONT_KEY_FILE," +
			" or CLOUD_CDN_KEY_NAME and CLOUD_CDN_KEY_FILE")
	}
	text, err := os.ReadFile(getenv("CLOUD_CDN_KEY_FILE"))
	if err != nil {
		return nil, fmt.Errorf("CLOUD_CDN_KEY_FILE: %w", err)
	}
	key, err := base64.URLEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 16 {
		return nil, errors.New("CLOUD_CDN_KEY_FILE: want 16 bytes in base64url")
	}
	return &proxy.CloudCDN{KeyName: name, Key: key}, nil
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
