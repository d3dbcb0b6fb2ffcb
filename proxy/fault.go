package proxy

import (
	"fmt"
	"sync"
)

// fault returns the error of a field, given by its full path such as "XAccel.Mounts[0].Prefix".
func fault(field, cause string, args ...any) error {
	return fmt.Errorf("proxy: %s: "+cause, append([]any{field}, args...)...)
}

// validOnce validates a configuration when it is first used.
type validOnce struct {
	once sync.Once
	err  error
}

func (v *validOnce) check(config interface{ Validate() error }) error {
	v.once.Do(func() { v.err = config.Validate() })
	return v.err
}
