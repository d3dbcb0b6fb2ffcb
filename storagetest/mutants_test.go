package storagetest_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-downloadview/downloadview/storagetest"
	"github.com/go-downloadview/downloadview/wrapper"
)

// mutant is a source with one mistake, and the clause that must catch it.
type mutant struct {
	name   string
	clause string
	make   func() wrapper.Source
}

// broken makes a model with a mistake.
func broken(mistake func(m *model)) func() wrapper.Source {
	return func() wrapper.Source {
		m := newModel(contents["small"])
		mistake(m)
		return m
	}
}

// misread makes a model with a mistake in Open.
func misread(open func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error)) func() wrapper.Source {
	return broken(func(m *model) {
		m.open = func(ctx context.Context, off, n int64) (io.ReadCloser, error) { return open(m, ctx, off, n) }
	})
}

// misinformed makes a model with a mistake in Stat.
func misinformed(change func(m *model, info *wrapper.Info)) func() wrapper.Source {
	return broken(func(m *model) {
		m.stat = func(context.Context) (wrapper.Info, error) {
			info := m.info
			change(m, &info)
			return info, nil
		}
	})
}

// misfetched makes a model whose Fetch changes the request or the response.
func misfetched(req func(*wrapper.Request), resp func(*wrapper.Request, *wrapper.Response)) func() wrapper.Source {
	return func() wrapper.Source {
		return &fetcher{newModel(contents["small"]), func(ctx context.Context, f *wrapper.File, r wrapper.Request) (*wrapper.Response, error) {
			asked := r
			if req != nil {
				req(&r)
			}
			got, err := soundly(ctx, f, r)
			if err == nil && resp != nil {
				resp(&asked, got)
			}
			return got, err
		}}
	}
}

func atEnd(err error) func(io.Reader) io.Reader {
	return func(r io.Reader) io.Reader {
		return readFunc(func(p []byte) (int, error) {
			n, e := r.Read(p)
			if e == io.EOF {
				e = err
			}
			return n, e
		})
	}
}

var mutants = []mutant{
	{"fails in Stat", "stat", broken(func(m *model) {
		m.stat = func(context.Context) (wrapper.Info, error) { return wrapper.Info{}, errBroken }
	})},
	{"panics in Stat", "stat", broken(func(m *model) {
		m.stat = func(context.Context) (wrapper.Info, error) { panic("no") }
	})},
	{"reports one byte more", "stat-size", misinformed(func(_ *model, i *wrapper.Info) { i.Size++ })},
	{"reports one byte less", "stat-size", misinformed(func(_ *model, i *wrapper.Info) { i.Size-- })},
	{"reports no size of seekable content", "stat-size", misinformed(func(_ *model, i *wrapper.Info) { i.Size = -1 })},
	{"reports a negative size", "stat-size", misinformed(func(_ *model, i *wrapper.Info) { i.Size, i.Sequential = -7, true })},
	{"reports a new entity-tag each time", "stat-stable", misinformed(func(m *model, i *wrapper.Info) {
		i.ETag = `"v` + strings.Repeat("x", m.count()) + `"`
	})},
	{"reports the current time as ModTime", "stat-stable", misinformed(func(_ *model, i *wrapper.Info) { i.ModTime = time.Now() })},
	{"reports an entity-tag without quotes", "etag", misinformed(func(_ *model, i *wrapper.Info) { i.ETag = "v1" })},

	{"loses the first byte", "whole", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		if n < 0 {
			off++
		}
		return m.window(ctx, off, n)
	})},
	{"loses the last byte", "whole", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		if n < 0 {
			n = m.info.Size - off - 1
		}
		return m.window(ctx, off, n)
	})},
	{"decodes the stored content", "whole", broken(func(m *model) {
		m.open = func(context.Context, int64, int64) (io.ReadCloser, error) { return fixed("0123456789ABC"), nil }
	})},
	{"fails at the end", "end-stays", broken(func(m *model) { m.body = atEnd(errBroken) })},
	{"never ends", "whole", misread(func(*model, context.Context, int64, int64) (io.ReadCloser, error) {
		return io.NopCloser(readFunc(func(p []byte) (int, error) { return len(p), nil })), nil
	})},
	{"returns no body and no error", "whole", misread(func(*model, context.Context, int64, int64) (io.ReadCloser, error) { return nil, nil })},
	{"reads nothing into a buffer of one byte", "small-reads", broken(func(m *model) {
		m.body = func(r io.Reader) io.Reader {
			return readFunc(func(p []byte) (int, error) {
				if len(p) < 2 {
					return 0, nil
				}
				return r.Read(p)
			})
		}
	})},
	{"counts more than it read", "small-reads", broken(func(m *model) {
		m.body = func(r io.Reader) io.Reader {
			return readFunc(func(p []byte) (int, error) {
				_, err := r.Read(p)
				return len(p) + 1, err
			})
		}
	})},
	{"ignores the offset", "window", misread(func(m *model, ctx context.Context, _, n int64) (io.ReadCloser, error) {
		return m.window(ctx, 0, n)
	})},
	{"takes the length as the end", "window", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		return m.window(ctx, off, max(n-off, -1))
	})},
	{"reads on after the window", "window", misread(func(m *model, ctx context.Context, off, _ int64) (io.ReadCloser, error) {
		return m.window(ctx, off, -1)
	})},
	{"drops the last byte of a window", "window", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		return m.window(ctx, off, n-1)
	})},
	{"reads a tail as a window", "tail", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		if n < 0 && off > 0 {
			n = 2
		}
		return m.window(ctx, off, n)
	})},
	{"starts again past the end", "past-end", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		return m.window(ctx, off%m.info.Size, n)
	})},
	{"panics past the end", "past-end", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		_ = m.content[off:]
		return m.window(ctx, off, n)
	})},
	{"pads a window past the end", "past-end", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		rc, err := m.window(ctx, off, n)
		if err != nil || n < 0 {
			return rc, err
		}
		return io.NopCloser(io.LimitReader(io.MultiReader(rc, strings.NewReader(strings.Repeat("\x00", 64))), n)), nil
	})},
	{"seeks, although it is Sequential", "from-beginning-only", broken(func(m *model) {
		m.info.Size, m.info.Sequential = -1, true
		m.open = func(ctx context.Context, _, n int64) (io.ReadCloser, error) { return m.window(ctx, 0, n) }
	})},
	{"shares one position", "two-readers", broken(func(m *model) {
		var shared lockedReader
		m.open = func(_ context.Context, off, n int64) (io.ReadCloser, error) {
			end := m.info.Size
			if n >= 0 {
				end = min(end, off+n)
			}
			shared.reset(m.content[min(off, end):end])
			return io.NopCloser(&shared), nil
		}
	})},
	{"allows one open reader", "two-readers", broken(func(m *model) {
		var inside atomic.Int64
		m.open = func(ctx context.Context, off, n int64) (io.ReadCloser, error) {
			if inside.Add(1) > 1 {
				inside.Add(-1)
				return nil, errBroken
			}
			rc, err := m.window(ctx, off, n)
			return closer{rc, func() error { inside.Add(-1); return nil }}, err
		}
	})},
	{"allows one Stat at a time", "parallel", broken(func(m *model) {
		var inside atomic.Int64
		m.stat = func(context.Context) (wrapper.Info, error) {
			defer inside.Add(-1)
			if inside.Add(1) > 1 {
				return wrapper.Info{}, errBroken
			}
			time.Sleep(time.Millisecond)
			return m.info, nil
		}
	})},
	{"cannot be closed before the end", "close-early", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		rc, err := m.window(ctx, off, n)
		ended := false
		return closer{readFunc(func(p []byte) (int, error) {
			n, err := rc.Read(p)
			ended = ended || err == io.EOF
			return n, err
		}), func() error {
			if !ended {
				return errBroken
			}
			return nil
		}}, err
	})},
	{"fails to close", "close-twice", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		rc, err := m.window(ctx, off, n)
		return closer{rc, func() error { return errBroken }}, err
	})},
	{"wraps io.EOF where its content is short", "read-error", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		rc, err := m.window(ctx, off, n)
		if off+n <= m.info.Size {
			return rc, err
		}
		return io.NopCloser(atEnd(fmt.Errorf("connection: %w", io.EOF))(rc)), err
	})},
	{"panics in the second Close", "source-close-twice", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		rc, err := m.window(ctx, off, n)
		done := make(chan struct{})
		return closer{rc, func() error { close(done); return nil }}, err
	})},
	{"adds the offset to the length", "source-window", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		return m.window(ctx, off, n+off)
	})},
	{"continues after its end", "source-end", broken(func(m *model) {
		m.body = func(r io.Reader) io.Reader {
			ended := false
			return readFunc(func(p []byte) (int, error) {
				if ended && len(p) > 0 {
					p[0] = 'x'
					return 1, nil
				}
				n, err := r.Read(p)
				ended = err == io.EOF
				return n, err
			})
		}
	})},
	{"reports the size of the window", "source-info", broken(func(m *model) { m.read = &wrapper.Info{Size: 1} })},
	{"reports another version", "source-info", broken(func(m *model) {
		m.info.Version = "1"
		m.read = &wrapper.Info{Size: -1, Version: "2"}
	})},

	{"reports another entity-tag when it is read", "reader", broken(func(m *model) { m.read = &wrapper.Info{Size: -1, ETag: `"v2"`} })},
	{"reads one byte too early", "seek", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		return m.window(ctx, max(0, off-1), n)
	})},
	{"forgets its size", "seek-end", misinformed(func(m *model, i *wrapper.Info) {
		if m.count() > 1 {
			i.Size = 0
		}
	})},
	{"rounds windows to ten bytes", "read-at", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		return m.window(ctx, off/10*10, n)
	})},

	{"returns no body", "fetch", misfetched(nil, func(_ *wrapper.Request, r *wrapper.Response) { _ = r.Close(); r.Body = nil })},
	{"returns the complete content with 206", "fetch", misfetched(nil, func(_ *wrapper.Request, r *wrapper.Response) { r.Status = http.StatusPartialContent })},
	{"returns another entity-tag", "fetch-info", misfetched(nil, func(_ *wrapper.Request, r *wrapper.Response) { r.Info.ETag = `"v2"` })},
	{"returns the size of the range", "range", misfetched(nil, func(_ *wrapper.Request, r *wrapper.Response) {
		if len(r.Ranges) > 0 {
			r.Info.Size = r.Ranges[0].N
		}
	})},
	{"opens a body for HEAD", "head-opens-nothing", misfetched(func(r *wrapper.Request) { r.Head = false }, nil)},
	{"answers HEAD with 206", "head-range", misfetched(nil, func(asked *wrapper.Request, r *wrapper.Response) {
		if asked.Head && asked.Range != "" {
			r.Status = http.StatusPartialContent
		}
	})},
	{"ignores ranges", "range", misfetched(func(r *wrapper.Request) { r.Range = "" }, nil)},
	{"reads a suffix as a prefix", "suffix", misfetched(func(r *wrapper.Request) {
		if n, ok := strings.CutPrefix(r.Range, "bytes=-"); ok {
			r.Range = "bytes=0-" + n
		}
	}, nil)},
	{"reads a suffix as a prefix", "source-fetch", misfetched(func(r *wrapper.Request) {
		if n, ok := strings.CutPrefix(r.Range, "bytes=-"); ok {
			r.Range = "bytes=0-" + n
		}
	}, nil)},
	{"sends every range from the start", "several-ranges", func() wrapper.Source {
		m := newModel(contents["large"])
		m.open = func(ctx context.Context, _, n int64) (io.ReadCloser, error) { return m.window(ctx, 0, n) }
		return m
	}},
	{"sends the complete content for an unsatisfiable range", "unsatisfiable", misfetched(nil, func(_ *wrapper.Request, r *wrapper.Response) {
		if r.Status == http.StatusRequestedRangeNotSatisfiable {
			r.Status = http.StatusOK
		}
	})},
	{"hides the size from a 416", "unsatisfiable", misfetched(nil, func(_ *wrapper.Request, r *wrapper.Response) {
		if r.Status == http.StatusRequestedRangeNotSatisfiable {
			r.Info.Size = wrapper.UnknownSize
		}
	})},
	{"rejects an invalid Range", "range-malformed", misfetched(nil, func(asked *wrapper.Request, r *wrapper.Response) {
		if asked.Range == "bytes=x" {
			r.Status = http.StatusRequestedRangeNotSatisfiable
		}
	})},
	{"sends ranges of sequential content", "range-sequential", func() wrapper.Source {
		m := newModel(contents["small"])
		m.info.Size, m.info.Sequential = -1, true
		return &fetcher{m, func(ctx context.Context, f *wrapper.File, r wrapper.Request) (*wrapper.Response, error) {
			resp, err := soundly(ctx, f, r)
			if err == nil && r.Range != "" {
				resp.Status = http.StatusPartialContent
			}
			return resp, err
		}}
	}},
	{"sends a body of empty content", "empty", func() wrapper.Source {
		return &fetcher{newModel(nil), func(ctx context.Context, f *wrapper.File, r wrapper.Request) (*wrapper.Response, error) {
			resp, err := soundly(ctx, f, r)
			if err == nil && !r.Head {
				resp.Body = fixed("")
			}
			return resp, err
		}}
	}},

	{"never returns 304", "if-none-match", misfetched(func(r *wrapper.Request) { r.IfNoneMatch = "" }, nil)},
	{"ignores lists of entity-tags", "if-none-match", misfetched(func(r *wrapper.Request) {
		if strings.Contains(r.IfNoneMatch, ",") {
			r.IfNoneMatch = otherTag
		}
	}, nil)},
	{"ignores If-Match", "if-match", misfetched(func(r *wrapper.Request) { r.IfMatch = "" }, nil)},
	{"compares If-Match weakly", "if-match", misfetched(func(r *wrapper.Request) { r.IfMatch = strings.TrimPrefix(r.IfMatch, "W/") }, nil)},
	{"ignores If-Range", "if-range", misfetched(func(r *wrapper.Request) { r.IfRange = "" }, nil)},
	{"ignores If-Modified-Since", "if-modified-since", misfetched(func(r *wrapper.Request) { r.IfModifiedSince = "" }, nil)},
	{"ignores If-Unmodified-Since", "if-unmodified-since", misfetched(func(r *wrapper.Request) { r.IfUnmodifiedSince = "" }, nil)},

	{"hides a cancellation", "cancelled-stat", broken(func(m *model) {
		m.stat = func(ctx context.Context) (wrapper.Info, error) {
			if ctx.Err() != nil {
				return m.info, fs.ErrNotExist
			}
			return m.info, nil
		}
	})},
	{"is empty after a cancellation", "cancelled-open", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		if ctx.Err() != nil {
			return fixed(""), nil
		}
		return m.window(ctx, off, n)
	})},
	{"fails with another error after a cancellation", "cancelled-fetch", broken(func(m *model) {
		m.stat = func(ctx context.Context) (wrapper.Info, error) {
			if ctx.Err() != nil {
				return m.info, errBroken
			}
			return m.info, nil
		}
	})},
	{"fails a Read with another error after a cancellation", "cancelled-read", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		rc, err := m.window(ctx, off, n)
		return closer{readFunc(func(p []byte) (int, error) {
			if ctx.Err() != nil {
				return 0, errBroken
			}
			return rc.Read(p)
		}), rc.Close}, err
	})},
	{"contradicts its own Info", "known", broken(func(m *model) {
		m.read = &wrapper.Info{Size: m.info.Size, ModTime: modified.Add(time.Hour)}
	})},
	{"is as long as its known size", "known-wrong", misread(func(m *model, ctx context.Context, off, n int64) (io.ReadCloser, error) {
		if n < 0 {
			n = m.info.Size - off - 1
		}
		return m.window(ctx, off, n)
	})},
	{"signs nothing", "sign", func() wrapper.Source { return &signer{model: newModel(contents["small"])} }},
	{"fails to sign", "sign", func() wrapper.Source { return &signer{newModel(contents["small"]), "", errBroken} }},

	{"reports missing content", "missing-stat", nil},
	{"reads missing content", "missing-open", nil},
	{"fetches missing content", "missing-fetch", nil},
	{"answers HEAD of missing content", "missing-head", nil},
}

const otherTag = `"no-content-has-this-tag"`

func TestMutantsAreCaughtByTheirClause(t *testing.T) {
	t.Parallel()
	assert.GreaterOrEqual(t, len(mutants), 30)
	for _, m := range mutants {
		t.Run(m.clause+"/"+m.name, func(t *testing.T) {
			t.Parallel()
			var err error
			if m.make == nil {
				err = storagetest.TestSource(newModel(contents["small"]), nil)
			} else {
				src := m.make()
				err = storagetest.TestSource(src, src.(interface{ want() []byte }).want())
			}
			require.Error(t, err, "the mutant survived")
			assert.Contains(t, "\n"+err.Error(), "\n"+m.clause+": ", "it was not caught by its clause")
		})
	}
}

func TestModelKeepsTheContract(t *testing.T) {
	t.Parallel()
	for size, content := range contents {
		assert.NoError(t, storagetest.TestSource(newModel(content), content), size)
		assert.NoError(t, storagetest.TestSource(&fetcher{newModel(content), soundly}, content), size)
		assert.NoError(t, storagetest.TestSource(&signer{newModel(content), "http://127.0.0.1/x", nil}, content), size)
	}
}

// A clause that no mutant breaks is an assertion that cannot fail.
func TestEveryClauseHasAMutant(t *testing.T) {
	t.Parallel()
	caught := map[string]bool{}
	for _, m := range mutants {
		caught[m.clause] = true
	}
	for _, name := range storagetest.ClauseNames() {
		assert.True(t, caught[name], "clause %q has no mutant", name)
	}
}

func TestMissingContentMustReturnErrNotExist(t *testing.T) {
	t.Parallel()
	m := newModel(nil)
	m.stat = func(context.Context) (wrapper.Info, error) { return wrapper.Info{}, errBroken }
	m.open = func(context.Context, int64, int64) (io.ReadCloser, error) { return nil, errBroken }
	err := storagetest.TestSource(m, nil)
	require.Error(t, err)
	for _, clause := range []string{"missing-stat", "missing-open", "missing-fetch", "missing-head"} {
		assert.Contains(t, err.Error(), clause+": content that does not exist failed with an error that is not fs.ErrNotExist")
	}
}

//nolint:paralleltest // it changes the time limit of all clauses
func TestHangingSource(t *testing.T) {
	storagetest.LimitClauses(t, 50*time.Millisecond)
	release := make(chan struct{})
	m := newModel(contents["small"])
	m.open = func(context.Context, int64, int64) (io.ReadCloser, error) { <-release; return nil, errBroken }
	err := storagetest.TestSource(m, contents["small"])
	close(release)
	require.ErrorContains(t, err, "whole: hangs")
	require.NotErrorIs(t, err, errBroken)
}

func TestMisuseIsReported(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, storagetest.TestFile(nil, nil), "nil file")
	require.ErrorContains(t, storagetest.TestSource(nil, nil), "nil source")
	require.ErrorContains(t, storagetest.TestOptimizer(nil, nil), "nil optimizer")
	require.ErrorContains(t, storagetest.TestFile(wrapper.Bytes("empty", nil), nil), "empty content is []byte{}, not nil")
}
