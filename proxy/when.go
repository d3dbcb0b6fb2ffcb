package proxy

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// When returns an optimizer that shows to another only what all of the rules match. Rules are asked in
// order, so that one that costs a trip comes last.
func When(o blobdownload.Optimizer, rules ...Rule) blobdownload.Optimizer {
	return &when{o, rules}
}

type when struct {
	optimizer blobdownload.Optimizer
	rules     []Rule
}

func (w *when) Optimize(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	for _, rule := range w.rules {
		if !rule.Match(r, d) {
			return nil, nil //nolint:nilnil // nil leaves the download as it is
		}
	}
	return w.optimizer.Optimize(r, d)
}

// Validate returns what is wrong with an optimizer that is made of others and of rules, in words that name
// the field: what the parts say of themselves, rules that can never match, and, when names of storages are
// given, mounts and rules for a storage that is not among them. Call it when the program starts.
func Validate(o blobdownload.Optimizer, stores ...string) error {
	return validate(o, everywhere(), stores)
}

func validate(o blobdownload.Optimizer, in []area, stores []string) error {
	switch o := o.(type) {
	case nil:
		return errors.New("optimizer is nil")
	case first:
		if len(o) == 0 {
			return fault("First", "is empty: nothing can ever be handed over")
		}
		var errs []error
		for i := range o {
			if err := validate(o[i], in, stores); err != nil {
				errs = append(errs, fault("First", "[%d]: %w", i, err))
			}
		}
		return errors.Join(errs...)
	case *when:
		return o.validate(in, stores)
	}
	var errs []error
	if v, ok := o.(interface{ Validate() error }); ok {
		errs = append(errs, v.Validate())
	}
	if m, ok := o.(interface{ mounts() mounts }); ok {
		seen := m.mounts().areas()
		errs = append(errs, known(seen, stores))
		if len(seen) > 0 && len(common(in, seen)) == 0 {
			errs = append(errs, fmt.Errorf("can never match: the rules leave %s, the mounts are of %s", show(in), show(seen)))
		}
	}
	return errors.Join(errs...)
}

func (w *when) validate(in []area, stores []string) error {
	var errs []error
	for i, rule := range w.rules {
		if v, ok := rule.(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				errs = append(errs, fault("When", "rule %d: %w", i, err))
				continue
			}
		}
		a, ok := rule.(interface{ areas() []area })
		if !ok {
			continue
		}
		errs = append(errs, known(a.areas(), stores))
		left := common(in, a.areas())
		if len(left) == 0 {
			errs = append(errs, fault("When", "rule %d can never match: it wants %s, the rules before leave %s",
				i, show(a.areas()), show(in)))
			continue
		}
		in = left
	}
	if len(w.rules) == 0 {
		errs = append(errs, fault("When", "has no rules"))
	}
	return errors.Join(append(errs, validate(w.optimizer, in, stores))...)
}

// area is a part of all files; an empty store is any of them.
type area struct{ store, prefix string }

func everywhere() []area { return []area{{}} }

func (s inStore) areas() (all []area) {
	for _, name := range s {
		all = append(all, area{store: name})
	}
	return all
}

func (p underPrefix) areas() (all []area) {
	for _, prefix := range p {
		all = append(all, area{prefix: prefix})
	}
	return all
}

func (all mounts) areas() (areas []area) {
	for _, m := range all {
		areas = append(areas, area{m.Store, m.Prefix})
	}
	return areas
}

// common returns the areas that lie in both.
func common(a, b []area) (both []area) {
	for _, x := range a {
		for _, y := range b {
			if x.store != "" && y.store != "" && x.store != y.store || !within(x.prefix, y.prefix) {
				continue
			}
			c := x
			if c.store == "" {
				c.store = y.store
			}
			if len(y.prefix) > len(c.prefix) {
				c.prefix = y.prefix
			}
			both = append(both, c)
		}
	}
	return both
}

func known(areas []area, stores []string) error {
	if len(stores) == 0 {
		return nil
	}
	var errs []error
	for _, a := range areas {
		if a.store != "" && !slices.Contains(stores, a.store) {
			errs = append(errs, fault("Store", "%q can never match: the storages are %s", a.store, strings.Join(stores, ", ")))
		}
	}
	return errors.Join(errs...)
}

func show(areas []area) string {
	var parts []string
	for _, a := range areas {
		switch {
		case a == area{}:
			parts = append(parts, "every file")
		case a.prefix == "":
			parts = append(parts, fmt.Sprintf("store %q", a.store))
		case a.store == "":
			parts = append(parts, fmt.Sprintf("prefix %q", a.prefix))
		default:
			parts = append(parts, fmt.Sprintf("prefix %q of store %q", a.prefix, a.store))
		}
	}
	return strings.Join(parts, " or ")
}
