package wrapper_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
)

type ctx = context.Context

// everChanging replaces its content between each Stat and Open.
type everChanging struct{ *countingSource }

func (r *everChanging) Open(ctx ctx, off, n int64) (io.ReadCloser, error) {
	r.replace(digits, fmt.Sprintf(`"v%d"`, len(r.opens)+2))
	return r.countingSource.Open(ctx, off, n)
}

// wrongSize is content whose length differs from its Info.Size.
type wrongSize struct {
	said int64
	made string
}

func (l *wrongSize) Stat(ctx) (wrapper.Info, error) { return wrapper.Info{Size: l.said}, nil }

func (l *wrongSize) Open(ctx, int64, int64) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(l.made)), nil
}
