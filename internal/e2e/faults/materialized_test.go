package faults_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"

	"github.com/go-downloadview/downloadview/wrapper"
)

// materialize gives the trial a Materializer without uploads in flight.
func (t *trial) materialize() {
	t.materializer = &wrapper.Materializer{Bucket: wrapper.NewBucket(t.kept), Logger: slog.New(slog.DiscardHandler)}
}

// syncKept records the materialized object, which must be one version.
func (t *trial) syncKept(o *object) {
	ctx := context.Background()
	attrs, err := t.kept.Attributes(ctx, "kept")
	if err != nil {
		return
	}
	data, err := t.kept.ReadAll(ctx, "kept")
	if err != nil {
		return
	}
	for _, v := range o.versions(0) {
		if bytes.Equal(v.body, data) || attrs.ContentEncoding == "gzip" && bytes.Equal(v.gzip(), data) {
			o.record(attrs.ETag, v)
			return
		}
	}
	o.keep(attrs.ETag, data, t)
}

// keep accepts a materialized object that an undetectable response made, and reports any other.
func (o *object) keep(tag string, data []byte, t *trial) {
	if len(o.tagged(tag)) > 0 {
		return
	}
	v := &version{body: data, etag: tag, gzip: func() []byte { return nil }}
	o.record(tag, v)
	if !o.wasOdd(data) {
		t.violate(&step{obj: o}, "stored", fmt.Sprintf("%d bytes that are no version were stored", len(data)))
	}
}
