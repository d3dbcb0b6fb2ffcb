package plan

import "github.com/go-downloadview/downloadview/wrapper"

func plan() { wrapper.Internal() }
