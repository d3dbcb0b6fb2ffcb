package s3

import "github.com/go-downloadview/downloadview/wrapper"

func open() {
	wrapper.Provider()
	wrapper.Twice()
}
