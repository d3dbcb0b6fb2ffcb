package arch_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// apiLines returns a line for each exported constant, variable, function, type, field and method, sorted.
func apiLines(pkg *types.Package) (lines []string) {
	short := func(p *types.Package) string {
		if p == pkg {
			return ""
		}
		return p.Name()
	}
	for _, name := range pkg.Scope().Names() {
		if !token.IsExported(name) {
			continue
		}
		object := pkg.Scope().Lookup(name)
		switch object := object.(type) {
		case *types.Const:
			lines = append(lines, "const "+name+" "+types.TypeString(object.Type(), short)+" = "+object.Val().ExactString())
		case *types.TypeName:
			lines = append(lines, typeLines(object, short)...)
		default:
			lines = append(lines, types.ObjectString(object, short))
		}
	}
	for i := range lines {
		lines[i] = blankResult.ReplaceAllString(lines[i], "_ ")
	}
	slices.Sort(lines)
	return lines
}

// blankResult is the name that export data has for a result named _.
var blankResult = regexp.MustCompile(`#rv\d+ `)

func typeLines(object *types.TypeName, short types.Qualifier) (lines []string) {
	named, ok := object.Type().(*types.Named)
	if object.IsAlias() || !ok {
		return []string{types.ObjectString(object, short)}
	}
	title := strings.TrimPrefix(types.ObjectString(object, short), "type ")
	title = "type " + strings.TrimSuffix(title, " "+types.TypeString(named.Underlying(), short))
	switch under := named.Underlying().(type) {
	case *types.Struct:
		lines = append(lines, title+" struct")
		lines = append(lines, fieldLines(title+" struct, ", under, short)...)
	case *types.Interface:
		lines = append(lines, title+" interface")
		lines = append(lines, interfaceLines(title+" interface, ", under, short)...)
	default:
		lines = append(lines, title+" "+types.TypeString(under, short))
	}
	for method := range named.Methods() {
		if method.Exported() {
			lines = append(lines, methodLine(method, short))
		}
	}
	return lines
}

func methodLine(method *types.Func, short types.Qualifier) string {
	signature := method.Signature()
	receiver := types.TypeString(signature.Recv().Type(), short)
	return "method (" + receiver + ") " + method.Name() + strings.TrimPrefix(types.TypeString(signature, short), "func")
}

func fieldLines(prefix string, s *types.Struct, short types.Qualifier) (lines []string) {
	for field := range s.Fields() {
		switch {
		case field.Embedded():
			lines = append(lines, prefix+"embedded "+types.TypeString(field.Type(), short))
		case field.Exported():
			lines = append(lines, prefix+field.Name()+" "+types.TypeString(field.Type(), short))
		}
	}
	return lines
}

func interfaceLines(prefix string, i *types.Interface, short types.Qualifier) (lines []string) {
	for method := range i.Methods() {
		if method.Exported() {
			lines = append(lines, prefix+method.Name()+strings.TrimPrefix(types.TypeString(method.Type(), short), "func"))
		} else {
			lines = append(lines, prefix+"unexported methods")
		}
	}
	return slices.Compact(lines)
}

func TestAPILines(t *testing.T) {
	t.Parallel()
	const source = `package p

import "io"

const A, b = 1, 2
const K Kind = 3
var V, v io.Reader
type Kind int
type Alias = Kind
type S struct { F, g int; io.Reader }
func (s *S) M(a int) error { return nil }
func (S) m() {}
type I interface { io.Reader; Do(n int) string; do(); also() }
type L[E any] []E
func (l L[E]) Len() int { return 0 }
func F(a int, b ...Kind) (n int, err error) { return 0, nil }
func G[T io.Reader](t T) {}
func f() {}
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, parser.SkipObjectResolution)
	require.NoError(t, err)
	config := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	pkg, err := config.Check("p", fset, []*ast.File{file}, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"const A untyped int = 1",
		"const K Kind = 3",
		"func F(a int, b ...Kind) (n int, err error)",
		"func G[T io.Reader](t T)",
		"method (*S) M(a int) error",
		"method (L[E]) Len() int",
		"type Alias = Kind",
		"type I interface",
		"type I interface, Do(n int) string",
		"type I interface, Read(p []byte) (n int, err error)",
		"type I interface, unexported methods",
		"type Kind int",
		"type L[E any] []E",
		"type S struct",
		"type S struct, F int",
		"type S struct, embedded io.Reader",
		"var V io.Reader",
	}, apiLines(pkg))
	added, removed := changes("a\nb\n", "a\nc\n")
	assert.Equal(t, [][]string{{"c"}, {"b"}}, [][]string{added, removed})
}
