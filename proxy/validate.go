package proxy

import (
	"errors"
	"strings"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// Validate returns the faults of an optimizer, including the optimizers and rules that it is made of. Each error has the
// path of its field, such as "First[1].XAccel.Mounts". Rules and mounts that can never match are faults. If names of
// storages are given, so is any other name in a rule or a mount. Call Validate when the program starts.
func Validate(o blobdownload.Optimizer, stores ...string) error {
	return validate("", o, everywhere(), stores)
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
