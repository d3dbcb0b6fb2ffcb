package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-downloadview/downloadview/blobdownload"
	"github.com/go-downloadview/downloadview/internal/redact"
)

// checkTimeout is the maximum time of the check that all buckets can be read.
const checkTimeout = 10 * time.Second

// gateway is an open configuration, ready to serve.
type gateway struct {
	*site
	metrics *metrics
	ready   *ready
	handler http.Handler // of addr
	ops     http.Handler // of metrics-addr
}

// open opens what the configuration names. After an error nothing stays open.
func (o *options) open(ctx context.Context, logger *slog.Logger) (*gateway, error) {
	buckets, err := o.openBuckets(ctx)
	if err != nil {
		return nil, err
	}
	g, err := o.serving(buckets, logger)
	if err != nil {
		_ = (&site{buckets: buckets}).storages().Close(context.WithoutCancel(ctx))
		return nil, err
	}
	return g, nil
}

// serving puts the handlers together.
func (o *options) serving(buckets []*servedBucket, logger *slog.Logger) (*gateway, error) {
	optimizer, err := o.offload.optimizer(o.bucketConfigs(), logger)
	if err != nil {
		return nil, err
	}
	signer, err := o.links.signer(logger)
	if signer == nil && err == nil && len(o.buckets) == 0 {
		signer, err = sampleSigner(logger)
	}
	if err != nil {
		return nil, err
	}
	rights, err := o.access.rights(o.names())
	if err != nil {
		return nil, err
	}
	m, err := newMetrics()
	if err != nil {
		return nil, err
	}
	trusted := o.access.networks()
	s := &site{
		buckets: buckets, signer: signer, logger: logger,
		access: access{open: o.access.mode == "open", sign: signer != nil, rights: rights},
		server: &blobdownload.Server{
			Optimizer: optimizer, Logger: logger, Observe: observe, MeterProvider: m.provider,
			WriteTimeout: o.limits.writeTimeout, MinRate: o.limits.minRate, Limit: o.limits.client(trusted),
		},
	}
	g := &gateway{site: s, metrics: m, ready: &ready{storages: s.storages(), logger: logger}}
	if err := m.watch(g.ready); err != nil {
		return nil, err
	}
	g.ops = boundPages(g.operations(http.NotFoundHandler(), true), pageTimeout)
	g.handler = s.handler()
	if o.metricsAddr == "" {
		g.handler = g.operations(g.handler, o.access.mode == "open")
	}
	if g.handler, err = o.access.login(g.handler, s.server, logger); err != nil {
		return nil, err
	}
	g.handler = boundPages(g.handler, pageTimeout)
	if o.log.access {
		g.handler = &accessLog{next: g.handler, trusted: trusted, logger: logger}
	}
	if o.offload.ids {
		g.handler = requestIDs(g.handler, trusted)
	}
	return g, nil
}

// openBuckets opens the buckets, or the sample if there are none, and checks that each can be read.
func (o *options) openBuckets(ctx context.Context) (all []*servedBucket, err error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	configs := o.bucketConfigs()
	var storages blobdownload.Storages
	if len(o.buckets) == 0 {
		s, err := sampleStorage(ctx)
		if err != nil {
			return nil, err
		}
		storages = blobdownload.Storages{s}
	} else if storages, err = blobdownload.OpenStorages(context.WithoutCancel(ctx), o.buckets...); err != nil {
		return nil, fmt.Errorf("bucket: %w", err)
	}
	if err := storages.Check(ctx); err != nil {
		_ = storages.Close(context.WithoutCancel(ctx))
		return nil, fmt.Errorf("bucket: %w", redact.Error(err))
	}
	for i, s := range storages {
		if s.Name != configs[i].Name {
			return nil, fmt.Errorf("bucket %q has been opened as %q", configs[i].Name, s.Name)
		}
		all = append(all, &servedBucket{bucketConfig: configs[i], storage: s})
	}
	return all, nil
}
