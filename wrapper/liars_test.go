package wrapper_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/go-downloadview/downloadview/wrapper"
)

type ctx = context.Context

// restless is content that is replaced between every description and opening.
type restless struct{ *counted }

func (r *restless) Open(ctx ctx, off, n int64) (io.ReadCloser, error) {
	r.replace(digits, fmt.Sprintf(`"v%d"`, len(r.opens)+2))
	return r.counted.Open(ctx, off, n)
}

// liar is content of another length than it says.
type liar struct {
	said int64
	made string
}

func (l *liar) Stat(ctx) (wrapper.Info, error) { return wrapper.Info{Size: l.said}, nil }

func (l *liar) Open(ctx, int64, int64) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(l.made)), nil
}
