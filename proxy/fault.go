package proxy

import "fmt"

// fault is what is wrong with a field of a configuration: its name, and in words, why.
func fault(field, why string, args ...any) error {
	return fmt.Errorf("%s "+why, append([]any{field}, args...)...)
}
