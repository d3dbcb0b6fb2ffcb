package proxy

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// When returns an optimizer that calls another for the downloads that all rules match. Rules are evaluated in order: put
// a rule that costs a request to the storage last.
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

func (w *when) validateIn(parent string, in []area, stores []string) error {
	var errs []error
	if len(w.rules) == 0 {
		errs = append(errs, fault(parent+"When", "no rules"))
	}
	for i, rule := range w.rules {
		of := fmt.Sprintf("%sWhen.rules[%d]", parent, i)
		if err := validatePart(of+".", rule); err != nil {
			errs = append(errs, err)
			continue
		}
		a, ok := rule.(interface{ areas() []area })
		if !ok {
			continue
		}
		errs = append(errs, validateStores(of, a.areas(), stores))
		left := common(in, a.areas())
		if len(left) == 0 {
			errs = append(errs, fault(of, "can never match: it matches %s, the rules before it match %s",
				describe(a.areas()), describe(in)))
			continue
		}
		in = left
	}
	return errors.Join(append(errs, validate(parent+"When.", w.optimizer, in, stores))...)
}
