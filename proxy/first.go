package proxy

import (
	"net/http"

	"github.com/go-downloadview/downloadview/blobdownload"
)

// First returns an optimizer that asks others in turn and answers the first redirect. The first error
// ends the search, and so the download is streamed.
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
