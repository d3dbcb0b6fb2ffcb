package wrapper

import (
	"context"
	"path"
	"slices"
)

// File is named content that can be described, opened, located and sometimes signed. Making one opens
// nothing. A File is immutable and may be shared by goroutines; its methods that configure return a copy.
type File struct {
	name  string
	src   Source
	loc   Location
	known Info
	gate  Admission   // nil: none
	gates []Admission // after it

	transfer ReadOptions
	limiter  *Limiter
	cache    *InfoCache

	pin    string    // see Pinned
	signer URLSigner // see SignedBy
}

// New returns a file of the given content. The name is what the content is called where it lies; its
// last element is the name that a client is offered.
func New(name string, src Source) *File {
	f := &File{name: name, src: src, transfer: ReadOptions{}.withDefaults()}
	f.known.Size = UnknownSize
	if l, ok := src.(Locator); ok {
		f.loc = l.Location()
	}
	return f
}

// Name returns the name given to the file, which may be a path.
func (f *File) Name() string { return f.name }

// Base returns the last element of the name.
func (f *File) Base() string {
	if f.name == "" {
		return ""
	}
	return path.Base(f.name)
}

// Location says where the content lies: what rules of optimizers match on.
func (f *File) Location() Location { return f.loc }

// WithStore returns the file with the name by which the application knows its storage.
func (f *File) WithStore(store string) *File {
	c := *f
	c.loc.Store = store
	return &c
}

// WithInfo returns the file with facts that the application has in its own records. A Size above 0 spares
// the look-up: 304, 412, 416 and HEAD then cost no trip at all. An ETag must be the storage's own, since
// reads are pinned to it. Facts that turn out wrong cost a trip, never a wrong byte: the storage's own
// are used instead. A field left zero is not known, and so is a Size of 0: an empty file is looked up.
// For content that is made while it is sent, Size declares the length that it will have.
func (f *File) WithInfo(info Info) *File {
	c := *f
	c.known = f.known.overlay(&info)
	return &c
}

// KnownInfo returns what was given by WithInfo, without asking anybody. Its Size is UnknownSize when none was.
func (f *File) KnownInfo() Info { return f.known }

// WithAdmission returns the file with a gate that every trip to its storage passes first. Gates are passed in
// the order in which they were added.
func (f *File) WithAdmission(g Admission) *File {
	c := *f
	if f.gate == nil {
		c.gate = g
	} else {
		c.gates = slices.Concat(f.gates, []Admission{g})
	}
	return &c
}

// Stat describes the content, by one trip unless metadata of WithInfo suffice.
func (f *File) Stat(ctx context.Context) (Info, error) {
	if f.known.Size > 0 {
		return f.known, nil
	}
	info, err := f.stat(ctx)
	if err != nil {
		return Info{}, err
	}
	return f.completeInfo(info), nil
}

func (f *File) stat(ctx context.Context) (Info, error) {
	leave, err := f.enter(ctx)
	if err != nil {
		return Info{}, pathError("stat", f.name, err)
	}
	defer leave()
	var info Info
	err = f.attempt(ctx, func() error {
		release, err := f.limiter.stat(ctx)
		if err != nil {
			return err
		}
		defer release()
		f.countLocal(ctx)
		info, err = f.src.Stat(ctx)
		return err
	})
	if err != nil {
		return Info{}, pathError("stat", f.name, err)
	}
	return info, nil
}
