package wrapper_test

import "github.com/go-downloadview/downloadview/wrapper"

func TestTested() { wrapper.Tested() }

func ExampleResult() { wrapper.Result() }
