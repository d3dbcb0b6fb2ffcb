package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/proxy"
)

// rules are the modes in their order. The first one that covers a file decides, also if that mode cannot offload it.
type rules []rule

type rule struct {
	store     string                 // "" means every bucket
	prefix    string                 // of keys
	optimizer blobdownload.Optimizer // nil streams
}

// Optimize is for blobdownload.Server.
func (all rules) Optimize(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	at := d.File.Location()
	for _, one := range all {
		if one.store != "" && (one.store != at.Store || !strings.HasPrefix(at.Key, one.prefix)) {
			continue
		}
		if one.optimizer == nil {
			break
		}
		return one.optimizer.Optimize(r, d)
	}
	return nil, nil //nolint:nilnil // streamed
}

// optimizer returns the optimizer of all modes, or nil for streaming. It validates it with the buckets.
func (o *offload) optimizer(buckets []bucketConfig, logger *slog.Logger) (blobdownload.Optimizer, error) {
	var all rules
	var faults []error
	offloads := false
	for _, element := range o.modes {
		at, mode := splitMode(element)
		one, err := o.rule(at, mode, buckets, logger)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
		if one.optimizer != nil {
			offloads = true
			if err := one.validate(buckets); err != nil {
				faults = append(faults, fmt.Errorf("optimize %s: %w", element, err))
			}
		}
	}
	if len(faults) > 0 || !offloads {
		return nil, errors.Join(faults...)
	}
	if o.proof == "" {
		return all, nil
	}
	name, value, _ := strings.Cut(o.proof, "=")
	made := proxy.When(all, proxy.ForClient(proxy.ClientMatch{Header: name, Value: value}))
	if err := proxy.Validate(made); err != nil {
		return nil, fmt.Errorf("proof: %w", err)
	}
	return made, nil
}

func (o *offload) rule(at, mode string, buckets []bucketConfig, logger *slog.Logger) (one rule, err error) {
	var prefix string
	one.store, prefix, _ = strings.Cut(at, "/")
	one.prefix = keyPrefix(buckets, one.store) + prefix
	one.optimizer, err = o.make(mode, o.mounts(one.store, mode, buckets), logger)
	return one, err
}

// validate returns the faults of the rule's optimizer.
func (one rule) validate(buckets []bucketConfig) error {
	var names []string
	for _, b := range buckets {
		names = append(names, b.Name)
	}
	o := one.optimizer
	if one.store != "" {
		o = proxy.When(o, proxy.InStore(one.store))
	}
	if one.prefix != "" {
		o = proxy.When(o, proxy.UnderPrefix(one.prefix))
	}
	return proxy.Validate(o, names...)
}

// keyPrefix returns the prefix of the keys that a bucket serves.
func keyPrefix(buckets []bucketConfig, name string) string {
	for _, b := range buckets {
		if b.Name == name {
			return b.Prefix
		}
	}
	return ""
}
