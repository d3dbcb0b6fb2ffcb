package proxy

import (
	"errors"
	"slices"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// Validate returns the faults of an optimizer, including the optimizers and rules that it is made of. Each error has the
// path of its field, such as "First[1].XAccel.Mounts". Rules and mounts that can never match are faults. If names of
// storages are given, so is any other name in a rule or a mount, and a name that is given twice. Call Validate when the
// program starts.
func Validate(o blobdownload.Optimizer, stores ...string) error {
	return errors.Join(validateNames("stores", stores), validate("", o, everywhere(), stores))
}

// validateNames rejects names of storages that are given twice.
func validateNames(field string, names []string) error {
	var errs []error
	for i, name := range names {
		if slices.Index(names, name) != i {
			errs = append(errs, fault(field, "%q is the name of two storages", name))
		}
	}
	return errors.Join(errs...)
}

// validatePublic rejects public storages of one name, and nil.
func validatePublic(of string, public blobdownload.Storages) error {
	var names []string
	for i, s := range public {
		if s == nil {
			return fault(of+".Public", "the storage at index %d is nil", i)
		}
		names = append(names, s.Name)
	}
	return validateNames(of+".Public", names)
}

// validate validates an optimizer whose rules select the areas of in.
func validate(parent string, o blobdownload.Optimizer, in []area, stores []string) error {
	if o == nil {
		return fault(parent+"Optimizer", "nil")
	}
	if combined, ok := o.(interface {
		validateIn(parent string, in []area, stores []string) error
	}); ok {
		return combined.validateIn(parent, in, stores)
	}
	errs := []error{validatePart(parent, o)}
	if m, ok := o.(interface{ mounted() (string, mounts) }); ok {
		field, all := m.mounted()
		areas := all.areas()
		errs = append(errs, validateStores(parent+field, areas, stores))
		if len(areas) > 0 && len(common(in, areas)) == 0 {
			errs = append(errs, fault(parent+field, "can never match: the rules match %s, the mounts are of %s",
				describe(in), describe(areas)))
		}
	}
	return errors.Join(errs...)
}

// validatePart validates a rule or an optimizer, of this package or another, if it has a method for that.
func validatePart(parent string, part any) error {
	if own, ok := part.(interface{ validate(parent string) error }); ok {
		return own.validate(parent)
	}
	foreign, ok := part.(interface{ Validate() error })
	if !ok {
		return nil
	}
	err := foreign.Validate()
	if err == nil || parent == "" {
		return err
	}
	return fault(strings.TrimSuffix(parent, "."), "%w", err)
}
