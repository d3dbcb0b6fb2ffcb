package blobdownload

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
)

var errGoexit = errors.New("goroutine of the download was ended by runtime.Goexit")

// panicked is deferred while a download is served. After a panic of a source, an optimizer, a decoder or Observe, it
// calls Observe unless that has been called. The panic continues. If the status has been sent, the client sees a
// failed transfer, even if middleware recovers the panic.
func (t *transfer) panicked() {
	if t.finished && !t.failing {
		return
	}
	v := recover()
	err := errGoexit
	if v != nil {
		err = fmt.Errorf("panic: %v", v)
	}
	broken := t.status == 0 || breakConnection(t.w, t.r) || !served(t.r)
	status := t.status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	if !t.finished {
		t.finish(Result{Status: status, Bytes: t.deadline.sent, Err: err})
	}
	if !broken {
		t.server.log(t.r, fmt.Errorf("%w\n%s", err, debug.Stack()), logAborted)
		runtime.Goexit()
	}
	if v != nil {
		panic(v)
	}
}
