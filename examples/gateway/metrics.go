package main

import (
	"context"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprom "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdk "go.opentelemetry.io/otel/sdk/metric"
)

// metrics are the OpenTelemetry instruments of the server, as Prometheus reads them.
type metrics struct {
	provider *sdk.MeterProvider
	registry *prometheus.Registry
}

// seconds are the bounds of histograms: from a first byte out of memory to a long download. OpenTelemetry's defaults are for
// milliseconds.
var seconds = []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600}

func newMetrics() (*metrics, error) {
	m := &metrics{registry: prometheus.NewRegistry()}
	exporter, err := otelprom.New(otelprom.WithRegisterer(m.registry), otelprom.WithoutScopeInfo(), otelprom.WithoutTargetInfo())
	if err != nil {
		return nil, err
	}
	m.provider = sdk.NewMeterProvider(sdk.WithReader(exporter), sdk.WithView(sdk.NewView(
		sdk.Instrument{Kind: sdk.InstrumentKindHistogram, Unit: "s"},
		sdk.Stream{Aggregation: sdk.AggregationExplicitBucketHistogram{Boundaries: seconds}},
	)))
	return m, nil
}

// watch adds a gauge of the buckets that can be read.
func (m *metrics) watch(h *ready) error {
	_, err := m.provider.Meter("gateway").Int64ObservableGauge("gateway.ready",
		metric.WithDescription("1 if every bucket can be read, else 0."),
		metric.WithInt64Callback(func(ctx context.Context, o metric.Int64Observer) error {
			value := int64(1)
			if h.check(ctx) != nil {
				value = 0
			}
			o.Observe(value)
			return nil
		}))
	return err
}

// handler is /metrics.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// close stops the provider.
func (m *metrics) close(ctx context.Context) { _ = m.provider.Shutdown(context.WithoutCancel(ctx)) }
