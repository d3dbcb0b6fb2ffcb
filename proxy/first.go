package proxy

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// First returns an optimizer that calls others in turn and returns the first redirect. An error of one of them ends the
// search: the download is streamed.
func First(optimizers ...blobdownload.Optimizer) blobdownload.Optimizer { return first(optimizers) }

type first []blobdownload.Optimizer

func (all first) Optimize(r *http.Request, d *blobdownload.Download) (*blobdownload.Redirect, error) {
	for _, o := range all {
		if to, err := o.Optimize(r, d); to != nil || err != nil {
			return to, err
		}
	}
	return nil, nil //nolint:nilnil // nil leaves the download as it is
}

func (all first) validateIn(parent string, in []area, stores []string) error {
	if len(all) == 0 {
		return fault(parent+"First", "empty: no download can be offloaded")
	}
	var errs []error
	for i, o := range all {
		errs = append(errs, validate(fmt.Sprintf("%sFirst[%d].", parent, i), o, in, stores))
	}
	return errors.Join(errs...)
}
