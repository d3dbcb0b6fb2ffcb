package arch_test

import (
	"fmt"
	"go/ast"
	"go/doc"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shown is a type without an example of its own: it is shown by the example of another, which names it, or one of its values.
type shown struct{ example, names string }

// shownBy are the types that make sense only together with another one.
var shownBy = map[string]shown{
	"accesslog.Completeness": {"ExampleRecord", "Complete"},
	"accesslog.Format":       {"ExampleReader", "Nginx"},

	"blobdownload.Grant":         {"ExampleSigner_SignGrant", "Grant"},
	"blobdownload.MemoryUses":    {"ExampleLink_downloads", "MemoryUses"},
	"blobdownload.UseStore":      {"ExampleLink_downloads", "MemoryUses"},
	"blobdownload.OptimizerFunc": {"ExampleOptimize", "OptimizerFunc"},
	"blobdownload.Redirect":      {"ExampleOptimize", "Redirect"},
	"blobdownload.SignerOptions": {"ExampleSigner", "SignerOptions"},
	"blobdownload.SigningKey":    {"ExampleSigner", "SigningKey"},

	"proxy.ClientMatch": {"ExampleWhen", "ClientMatch"},
	"proxy.CloudCDN":    {"ExampleCDN", "CloudCDN"},
	"proxy.Mount":       {"ExampleXAccel", "Mount"},
	"proxy.PathForm":    {"ExampleXSendfile", "RawPaths"},
	"proxy.Rule":        {"ExampleWhen", "AtLeast"},

	"proxy/probe.Finding": {"ExampleProber", "Component"},
	"proxy/probe.Mode":    {"ExampleProber", "Offload"},

	"storagetest.Action":        {"ExampleBucket_Fault", "Action"},
	"storagetest.Call":          {"ExampleRecorder", "Calls"},
	"storagetest.Fault":         {"ExampleBucket_Fault", "Fault"},
	"storagetest.Objects":       {"ExampleNewBucket", "Objects"},
	"storagetest.Op":            {"ExampleBucket_Fault", "OpRead"},
	"storagetest.Response":      {"ExampleCheckDownload", "Serve"},
	"storagetest.Script":        {"ExampleBucket_Fault", "Fault"},
	"storagetest.TB":            {"ExampleCheckDownload", "printer"},
	"storagetest.Want":          {"ExampleCheckDownload", "Want"},
	"storagetest.WantPresigned": {"ExampleCheckPresigned", "WantPresigned"},
	"storagetest.WantRedirect":  {"ExampleCheckRedirect", "WantRedirect"},
	"storagetest.WantXAccel":    {"ExampleCheckXAccel", "WantXAccel"},
	"storagetest.WantXSendfile": {"ExampleCheckXSendfile", "WantXSendfile"},
	"storagetest/edge.Location": {"ExampleNginx", "Location"},
	"wrapper.Location":          {"ExampleBucket", "Location"},
	"wrapper.Range":             {"ExampleFile_Fetch", "Ranges"},
	"wrapper.Request":           {"ExampleFile_Fetch", "Request"},
	"wrapper.Response":          {"ExampleFile_Fetch", "Status"},
	"wrapper.SignOptions":       {"ExampleFile_SignedURL", "SignOptions"},
	"wrapper/archive.EntryInfo": {"ExampleReader", "List"},
	"wrapper/archive.Member":    {"ExampleZip", "Member"},
}

// withoutExample are the exported types for which an example would show nothing, each with the reason.
var withoutExample = map[string]string{
	"blobdownload.Decoder":    "the function of a codec's package, such as zstd, and a field of Server",
	"blobdownload.Validators": "two constants; docs/servers/nginx.conf compares them",
	"proxy.KeyForm":           "two constants, for directories written by fileblob",

	"wrapper.ConditionalStore": provider,
	"wrapper.IdleCloser":       provider,
	"wrapper.PartStore":        provider,
	"wrapper.Store":            provider,
	"wrapper.StoreOpener":      provider,
	"wrapper.VersionStore":     provider,

	"wrapper.Trace": "for blobdownload.Result, which ExampleResult shows",

	"wrapper.Fetcher":       capability,
	"wrapper.LocalSource":   capability,
	"wrapper.Locator":       capability,
	"wrapper.NetworkSource": capability,
	"wrapper.Resolver":      capability,
	"wrapper.Retryable":     capability,
	"wrapper.URLSigner":     capability,
	"wrapper.VersionOpener": capability,

	"storagetest/servers.Config": program,
	"storagetest/servers.Server": program,
	"storagetest/servers.Site":   program,
}

const (
	provider   = "for the provider of a cloud; wrapper/s3 is the example"
	capability = "an optional method of a Source; ExampleSource shows the required ones"
	program    = "starts a program that need not be installed; examples/nginx is the example"
)

// example is an example whose output is compared.
type example struct {
	name string
	uses map[string]bool // identifiers
}

// TestEveryTypeHasAnExample lists the exported types of public packages that go doc shows without an example.
func TestEveryTypeHasAnExample(t *testing.T) {
	t.Parallel()
	tree, err := scan(os.DirFS(root))
	require.NoError(t, err)
	examples, types := tree.examples(), tree.publicTypes()
	require.NotEmpty(t, types)
	for _, name := range types {
		dir, typ, _ := strings.Cut(name, ".")
		own := slices.ContainsFunc(examples[dir], func(e example) bool {
			return e.name == typ || strings.HasPrefix(e.name, typ+"_")
		})
		by, isShown := shownBy[name]
		reason, excepted := withoutExample[name]
		switch {
		case own:
			assert.False(t, isShown || excepted, "%s has an example: remove its exception", name)
		case isShown:
			assert.False(t, excepted, name)
			assert.True(t, slices.ContainsFunc(examples[dir], func(e example) bool {
				return "Example"+e.name == by.example && e.uses[by.names]
			}), "no %s with output in %s uses %s", by.example, dir, by.names)
		default:
			assert.True(t, excepted, "%s has no example with output: write one, or add the reason", name)
			assert.NotEqual(t, excepted, reason == "", "%s: no reason", name)
		}
	}
	for _, name := range exceptions() {
		assert.Contains(t, types, name, "an exception for a type that is gone")
	}
}

func exceptions() (names []string) {
	for name := range shownBy {
		names = append(names, name)
	}
	for name := range withoutExample {
		names = append(names, name)
	}
	return names
}

// examples returns the examples with output of each directory.
func (t *tree) examples() map[string][]example {
	all := map[string][]example{}
	for _, f := range t.files {
		if !f.test {
			continue
		}
		for _, e := range doc.Examples(f.File) {
			if e.Output == "" {
				continue
			}
			uses := map[string]bool{}
			ast.Inspect(e.Code, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					uses[id.Name] = true
				}
				return true
			})
			all[f.dir] = append(all[f.dir], example{e.Name, uses})
		}
	}
	return all
}

// publicTypes returns the exported types of public packages as dir.Name.
func (t *tree) publicTypes() (names []string) {
	for _, f := range t.files {
		if f.test || f.Name.Name == "main" || !isPublic(f.dir) {
			continue
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range g.Specs {
				if s, ok := s.(*ast.TypeSpec); ok && s.Name.IsExported() {
					names = append(names, fmt.Sprintf("%s.%s", f.dir, s.Name.Name))
				}
			}
		}
	}
	return names
}
