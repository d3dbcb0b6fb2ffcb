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

// check returns the configuration's fault. From the second call on, the fault is a repeatedFault.
func (v *validOnce) check(config interface{ Validate() error }) (err error) {
	v.once.Do(func() {
		if err = config.Validate(); err != nil {
			v.err = repeatedFault{err}
		}
	})
	if err == nil {
		err = v.err
	}
	return err
}

// repeatedFault is a fault that has been returned before. Server logs it at level debug.
type repeatedFault struct{ error }

func (f repeatedFault) Unwrap() error { return f.error }

// Repeated returns true.
func (f repeatedFault) Repeated() bool { return true }
