package wrapper

import (
	"context"
	"slices"
)

// Admission is passed before a trip to a storage: it may wait, count, or refuse with an error. The function
// that it returns is called once when the trip is over, which for a read is when its body is closed.
type Admission func(ctx context.Context) (leave func(), err error)

// enter passes the gates. No trip begins under a context that is done: some storages never look at it.
func (f *File) enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case f.gate == nil:
		return func() {}, nil
	case len(f.gates) == 0:
		return f.gate(ctx)
	}
	l, err := f.gate(ctx)
	if err != nil {
		return nil, err
	}
	passed := []func(){l}
	leave = func() {
		for _, p := range slices.Backward(passed) {
			p()
		}
	}
	for _, g := range f.gates {
		l, err := g(ctx)
		if err != nil {
			leave()
			return nil, err
		}
		passed = append(passed, l)
	}
	return leave, nil
}
