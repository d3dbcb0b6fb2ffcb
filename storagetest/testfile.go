package storagetest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/go-downloadview/downloadview/wrapper"
)

// TestFile tests a file with the content want against the contract of package wrapper. It returns nil, or one error
// with a line for each broken clause:
//
//	stat-size: size 12 from Stat, the content has 11 bytes
//	window: [3:7]: got 5 bytes, want 4
//
// A nil want means that the content does not exist; an empty want is empty content. Sequential content is tested
// for sequential reads only. Small content is read in every window. Test one file of 10 to 30 bytes and one of more
// than 100 KiB.
func TestFile(f *wrapper.File, want []byte) error {
	if f == nil {
		return errors.New("storagetest: TestFile of a nil file")
	}
	c := newCheck(f, want)
	if want == nil {
		return c.run(missingClauses)
	}
	return c.run(fileClauses)
}

// check is one file under test.
type check struct {
	bare *wrapper.File // the file of the caller
	file *wrapper.File // bare, with its requests counted
	want []byte
	info wrapper.Info // set by the clause "stat"
	src  wrapper.Source

	requests atomic.Int64 // started
	inFlight atomic.Int64 // started and not finished
}

func newCheck(f *wrapper.File, want []byte) *check {
	c := &check{bare: f, want: want}
	c.file = f.WithAdmission(func(context.Context) (func(), error) {
		c.requests.Add(1)
		c.inFlight.Add(1)
		return func() { c.inFlight.Add(-1) }, nil
	})
	return c
}

func (c *check) size() int64 { return int64(len(c.want)) }

// clause is one rule of the contract. Its name begins the line of a failure.
type clause struct {
	name string
	test func(c *check, ctx context.Context) error
	only func(c *check) bool // whether the clause applies; nil is always
}

func seekable(c *check) bool   { return !c.info.Sequential && c.info.Size >= 0 }
func sequential(c *check) bool { return c.info.Sequential }
func sized(c *check) bool      { return c.info.Size >= 0 }
func nonEmpty(c *check) bool   { return seekable(c) && c.size() > 0 }
func tagged(c *check) bool     { return c.info.ETag != "" }
func strong(c *check) bool     { return nonEmpty(c) && tagged(c) && c.info.ETag[0] == '"' }
func dated(c *check) bool      { return !c.info.ModTime.IsZero() && c.info.ModTime.Unix() != 0 }

// clauseLimit is the time limit of one clause. A clause that exceeds it is reported to hang.
var clauseLimit = 30 * time.Second

// run tests the clauses in their order. It stops if "stat" fails, because the others depend on its Info.
func (c *check) run(clauses []clause) error {
	var errs []error
	for _, cl := range clauses {
		if cl.only != nil && !cl.only(c) {
			continue
		}
		err := c.one(cl)
		if err == nil {
			continue
		}
		errs = append(errs, fmt.Errorf("%s: %w", cl.name, err))
		if cl.name == "stat" || errors.Is(err, errHangs) {
			break
		}
	}
	return errors.Join(errs...)
}

var errHangs = errors.New("hangs")

// one tests a clause. A clause fails if it panics, hangs or leaves a body open.
func (c *check) one(cl clause) error {
	ctx, cancel := context.WithTimeout(context.Background(), clauseLimit)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- fmt.Errorf("panic: %v\n%s", v, debug.Stack())
			}
		}()
		done <- cl.test(c, ctx)
	}()
	select {
	case err := <-done:
		if n := c.inFlight.Swap(0); err == nil && n != 0 {
			err = fmt.Errorf("%d requests to the storage did not end: a body was not closed", n)
		}
		return err
	case <-time.After(clauseLimit + clauseLimit/10):
		return fmt.Errorf("%w: it did not return within %v", errHangs, clauseLimit)
	}
}

var fileClauses = concat(describeClauses, readClauses, seekClauses, fetchClauses, conditionClauses, cancelClauses)

func concat(groups ...[]clause) []clause {
	var all []clause
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}
