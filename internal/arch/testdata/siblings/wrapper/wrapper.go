// Package wrapper has [Linked].
//
// # For sibling packages
//
// [Provider] is for s3.
//
// # Other
//
// [Other] is described here.
package wrapper

func Provider()         {}
func Twice()            {}
func Tested()           {}
func Linked()           {}
func Other()            {}
func Documented()       {}
func DocumentedLonger() {}
func Spanned()          {}
func Shown()            {}
func Result() Param     { return 0 }
func Own()              {}
func own()              { Own() }
func Internal()         {}

type Param int

type Alone struct {
	Field  Part
	hidden Hidden
}

func (a Alone) Self() Alone { return a }

type Part int

type Hidden int

const Unused = 1
