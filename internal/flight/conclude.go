package flight

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// errGoexit is the error of a function that ended its goroutine, as t.FailNow does.
var errGoexit = errors.New("runtime.Goexit was called")

// Conclude calls f, and then done with f's error. A panic of f, or a runtime.Goexit in it, is an error too. It is for
// goroutines of their own, in which a panic would end the program, and a Goexit would leave their caller without a
// result.
func Conclude(f func() error, done func(error)) {
	err := errGoexit
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
		done(err)
	}()
	err = f()
}
