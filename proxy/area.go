package proxy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// area is a set of files: those of a store under a prefix. An empty store means all stores, an empty prefix all keys.
// Validate computes with areas to find rules and mounts that can never match.
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

// common returns the areas that are in both a and b.
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

// validateStores rejects stores that are not among those that are given, if any are.
func validateStores(of string, areas []area, stores []string) error {
	if len(stores) == 0 {
		return nil
	}
	var errs []error
	for _, a := range areas {
		if a.store != "" && !slices.Contains(stores, a.store) {
			errs = append(errs, fault(of, "Store %q can never match; the storages are %s", a.store, strings.Join(stores, ", ")))
		}
	}
	return errors.Join(errs...)
}

func (a area) String() string {
	switch {
	case a == area{}:
		return "every file"
	case a.prefix == "":
		return fmt.Sprintf("store %q", a.store)
	case a.store == "":
		return fmt.Sprintf("prefix %q", a.prefix)
	default:
		return fmt.Sprintf("prefix %q of store %q", a.prefix, a.store)
	}
}

func describe(areas []area) string {
	var parts []string
	for _, a := range areas {
		parts = append(parts, a.String())
	}
	return strings.Join(parts, " or ")
}
