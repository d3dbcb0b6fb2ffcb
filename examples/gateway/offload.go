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

// offload is what the command line says about who sends the bytes.
type offload struct {
	mode      string
	mounts    []proxy.Mount
	own       bool   // the application's validators
	paths     string // of X-Sendfile
	proof     string // HEADER=VALUE
	allowHTTP bool
}

func (o *offload) flags(fs *flag.FlagSet) {
	fs.StringVar(&o.mode, "optimize", "stream", "`who` sends the bytes: stream, xaccel, xsendfile, presign, xaccel-presigned or cdn")
	fs.Func("mount", "`STORE[/PREFIX]=AT`: where the other side sees the objects of a bucket, such as default=/_files/;\n"+
		"the bucket without a name is called default; may be repeated",
		func(s string) error {
			m, err := parseMount(s)
			o.mounts = append(o.mounts, m)
			return err
		})
	fs.BoolVar(&o.own, "own-validators", false, "ETag, Last-Modified and conditions are the gateway's, not the front server's")
	fs.StringVar(&o.paths, "paths", "plain", "how the front server reads X-Sendfile: raw (Apache), escaped (lighttpd) or plain (unknown)")
	fs.StringVar(&o.proof, "proof", "", "`FIELD=VALUE` that the front server adds to requests; nothing is handed over without")
	fs.BoolVar(&o.allowHTTP, "allow-http", false, "presigned URLs may be http://")
}

func parseMount(s string) (proxy.Mount, error) {
	from, at, ok := strings.Cut(s, "=")
	store, prefix, _ := strings.Cut(from, "/")
	if !ok || store == "" || at == "" {
		return proxy.Mount{}, errors.New("want STORE[/PREFIX]=AT, such as default=/_files/ or docs/public/=/_public/")
	}
	return proxy.Mount{Store: store, Prefix: prefix, Location: at}, nil
}

// optimizer makes what the flags ask for, nil for streaming, and checks it against the storages.
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
	if o.own {
		validators = blobdownload.AppValidators
	}
	presign := func() *proxy.Presign {
		return &proxy.Presign{AllowHTTP: o.allowHTTP, Validators: validators, Logger: logger}
	}
	switch o.mode {
	case "", "stream":
		if len(o.mounts) > 0 {
			return nil, errors.New("-mount is given, but -optimize is stream")
		}
		return nil, nil //nolint:nilnil // nobody else sends
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
			return nil, errors.New("-mount says nothing to -optimize presign")
		}
		return presign(), nil
	case "xaccel-presigned":
		var all []blobdownload.Optimizer
		for _, m := range o.mounts {
			x := &proxy.XAccelPresigned{
				Location: m.Location, Presign: proxy.Presign{AllowHTTP: o.allowHTTP, Validators: validators, Logger: logger},
			}
			rules := []proxy.Rule{proxy.InStore(m.Store)}
			if m.Prefix != "" {
				rules = append(rules, proxy.UnderPrefix(m.Prefix))
			}
			all = append(all, proxy.When(x, rules...))
		}
		if len(all) == 0 {
			return nil, errors.New("-optimize xaccel-presigned needs a -mount, such as default=/_url")
		}
		return proxy.First(all...), nil
	case "cdn":
		signer, err := cdnSigner(getenv)
		return &proxy.CDN{Mounts: o.mounts, Signer: signer}, err
	default:
		return nil, fmt.Errorf("-optimize %q: want stream, xaccel, xsendfile, presign, xaccel-presigned or cdn", o.mode)
	}
}

// cdnSigner takes keys out of files that the environment names.
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
		return nil, errors.New("-optimize cdn needs CLOUDFRONT_KEY_ID and …_FILE, or CLOUD_CDN_KEY_NAME and …_FILE, in the environment")
	}
	text, err := os.ReadFile(getenv("CLOUD_CDN_KEY_FILE"))
	if err != nil {
		return nil, fmt.Errorf("CLOUD_CDN_KEY_FILE: %w", err)
	}
	key, err := base64.URLEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 16 {
		return nil, errors.New("CLOUD_CDN_KEY_FILE: not 16 bytes in base64url")
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
		return nil, errors.New("not PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("neither a PKCS #1 nor a PKCS #8 private key")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("a key that cannot sign")
	}
	return signer, nil
}
