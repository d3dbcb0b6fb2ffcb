// Package docstoreuses stores the uses of signed links in a document database, for all processes of an application: DynamoDB,
// Firestore, MongoDB or any other that Go CDK's docstore opens by URL.
//
//	import _ "gocloud.dev/docstore/awsdynamodb/v2"
//
//	uses, err := docstoreuses.Open(ctx, "dynamodb://links?partition_key=id")
//	…
//	signer, err := blobdownload.NewSigner(blobdownload.SignerOptions{Once: uses, …})
//
// [Open] and [New] return [Uses], a blobdownload.UseStore. A document has the fields id, state, used and expires. Its key is
// id, see [Key]. Let the database delete documents by expires, in Unix seconds: a "time to live" of DynamoDB, for one.
package docstoreuses

import (
	"context"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"time"

	"gocloud.dev/docstore"
	"gocloud.dev/gcerrors"

	"github.com/go-downloadview/downloadview/internal/redact"
)

// Key is the name of the field that identifies a document.
const Key = "id"

// Uses is a blobdownload.UseStore in a collection of documents. It may be used by many goroutines.
type Uses struct {
	documents *docstore.Collection
	locks     [64]chan struct{} // by id: processes compete with each other, and not with themselves
	seed      maphash.Seed
}

// document is the use of one link. An update fails if the revision has changed.
type document struct {
	ID               string `docstore:"id"`
	State            []byte `docstore:"state"`
	Used             bool   `docstore:"used"`
	Expires          int64  `docstore:"expires"`
	DocstoreRevision any
}

// New returns the uses in a collection, whose key is the field [Key]. The collection must support revisions.
// Close it with [Uses.Close].
func New(documents *docstore.Collection) *Uses {
	u := &Uses{documents: documents, seed: maphash.MakeSeed()}
	for i := range u.locks {
		u.locks[i] = make(chan struct{}, 1)
	}
	return u
}

// Open opens a collection by a URL of Go CDK, such as "dynamodb://links?partition_key=id". The package of its scheme must be
// imported. Errors do not contain the URL's query.
func Open(ctx context.Context, url string) (*Uses, error) {
	documents, err := docstore.OpenCollection(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("docstoreuses: open: %w", redact.Error(err))
	}
	return New(documents), nil
}

// Close closes the collection.
func (u *Uses) Close() error { return u.documents.Close() }

// Use implements blobdownload.OneUse. An error is a failure of the database.
func (u *Uses) Use(ctx context.Context, id string, expires time.Time) (bool, error) {
	err := u.documents.Create(ctx, &document{ID: "once:" + id, Used: true, Expires: expires.Unix()})
	switch {
	case err == nil:
		return true, nil
	case gcerrors.Code(err) == gcerrors.AlreadyExists:
		return false, nil
	default:
		return false, fmt.Errorf("docstoreuses: create: %w", err)
	}
}

// Times between attempts of an update that another process came before.
const (
	firstPause = 5 * time.Millisecond
	maxPause   = 500 * time.Millisecond
)

// Update implements blobdownload.UseStore. It is repeated until no other update has come in between or ctx is done.
func (u *Uses) Update(ctx context.Context, id string, expires time.Time, change func(state []byte) ([]byte, error)) error {
	lock := u.locks[maphash.String(u.seed, id)%uint64(len(u.locks))]
	select {
	case lock <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-lock }()
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		stored, err := u.update(ctx, id, expires, change)
		if stored || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // no secret
		}
	}
}

// update tries an update once. It reports false if another one came in between.
func (u *Uses) update(ctx context.Context, id string, expires time.Time, change func(state []byte) ([]byte, error)) (bool, error) {
	d := &document{ID: "state:" + id}
	err := u.documents.Get(ctx, d)
	missing := gcerrors.Code(err) == gcerrors.NotFound
	if err != nil && !missing {
		return false, fmt.Errorf("docstoreuses: get: %w", err)
	}
	state, err := change(d.State)
	if err != nil || state == nil {
		return true, err
	}
	d.State, d.Expires = state, expires.Unix()
	if missing {
		err = u.documents.Create(ctx, d)
	} else {
		err = u.documents.Replace(ctx, d)
	}
	switch gcerrors.Code(err) {
	case gcerrors.OK:
		return true, nil
	case gcerrors.AlreadyExists, gcerrors.FailedPrecondition, gcerrors.NotFound:
		return false, nil
	default:
		return false, fmt.Errorf("docstoreuses: store: %w", err)
	}
}
