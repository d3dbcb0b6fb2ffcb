package arch_test

import "slices"

const module = "github.com/go-downloadview/downloadview/"

// layers defines for each part of the tree which parts of this module it may import. A part covers the
// packages below it, unless they have an entry of their own.
var layers = []struct {
	part string
	may  []string
	why  string
}{
	{"internal", []string{"internal"},
		"the public packages import it; an internal package that needs them belongs into internal/e2e or into a test"},
	{"internal/arch", nil, "it only reads the tree"},
	{"internal/ci", nil, "the check must build while the rest is broken"},
	{"wrapper", []string{"internal"},
		"a file knows neither HTTP handlers nor proxies: it is as useful in a batch job"},
	{"wrapper/s3", []string{"internal", "wrapper"}, "a provider adds to files and is found by its import alone"},
	{"wrapper/gcs", []string{"internal", "wrapper"}, "a provider adds to files and is found by its import alone"},
	{"wrapper/azure", []string{"internal", "wrapper"}, "a provider adds to files and is found by its import alone"},
	{"wrapper/archive", []string{"internal", "wrapper"}, "what an archive needs of files, other packages' sources need too"},
	{"blobdownload", []string{"internal", "wrapper"},
		"a server works without any proxy; proxies come in through the Optimizer interface"},
	{"blobdownload/site", []string{"internal", "wrapper", "blobdownload"}, "a site is made of the views and files that every program has"},
	{"accesslog", []string{"internal", "wrapper", "blobdownload"}, "a program that reads logs offloads nothing"},
	{"proxy", []string{"internal", "wrapper", "blobdownload"}, "no program that wants no test helpers gets them"},
	{"proxy/cloudfront", []string{"internal", "wrapper", "blobdownload", "proxy"}, "no program that wants no test helpers gets them"},
	{"proxy/probe", []string{"internal", "wrapper", "blobdownload", "proxy"}, "no program that wants no test helpers gets them"},
	{"storagetest", []string{"internal", "wrapper", "blobdownload", "proxy", "storagetest"},
		"it is imported by users' tests, so it may import all that they test with, and nothing else"},
	{"storagetest/edge", []string{"blobdownload"}, "it stands for a reverse proxy, which has no part in how the application works"},
	{"storagetest/servers", nil, "it starts programs, which have no part in how the application works"},
	{"examples", []string{"examples", "internal", "wrapper", "wrapper/archive", "wrapper/s3", "wrapper/gcs", "wrapper/azure",
		"blobdownload", "blobdownload/site", "accesslog", "proxy", "proxy/cloudfront", "proxy/probe"}, "an example is a program that a user would deploy: no test helpers"},
	{"docs", []string{"wrapper", "wrapper/archive", "blobdownload", "blobdownload/site", "accesslog", "proxy", "proxy/probe", "storagetest"}, "the pages show the public packages"},
}

// stdOnly are the mechanisms that import the standard library alone: a file or a bucket comes in through an interface.
var stdOnly = []string{"internal/plan", "internal/resume"}

// core are the packages that must not link a cloud SDK, and those that make up nearly every program.
var core = []string{"wrapper", "wrapper/archive", "blobdownload", "blobdownload/site", "accesslog", "proxy", "proxy/probe"}

// sdks are the packages that bring a cloud's SDK, and the only parts that may import them.
var (
	sdks = []string{
		"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go",
		"cloud.google.com/go", "google.golang.org/api",
		"github.com/Azure/azure-sdk-for-go",
		"gocloud.dev/blob/s3blob", "gocloud.dev/blob/gcsblob", "gocloud.dev/blob/azureblob",
	}
	sdkUsers = []string{"wrapper/s3", "wrapper/gcs", "wrapper/azure", "proxy/cloudfront"}

	// portable are the packages that gocloud.dev/blob itself links: error types and their URI templates, no client.
	portable = []string{"google.golang.org/api/googleapi", "google.golang.org/api/internal/third_party/uritemplates"}
)

// testOnly are the packages that only tests may import, and the part that is a test helper itself.
var (
	testOnly      = []string{"github.com/stretchr/testify", "go.uber.org/goleak", module + "internal/e2e"}
	testOnlyUsers = []string{"storagetest"}
)

// directories are all that the top of the tree holds, besides those whose name begins with a dot.
var directories = []string{"wrapper", "blobdownload", "proxy", "accesslog", "storagetest", "examples", "docs", "internal"}

// Sizes of a Go file that is no test, in lines: one idea a file.
const (
	maxLines    = 400
	medianLines = 150
)

// part is the entry of layers for a path below the module, the most specific one, or -1.
func part(path string) int {
	best := -1
	for i, l := range layers {
		if within(path, l.part) && (best < 0 || len(l.part) > len(layers[best].part)) {
			best = i
		}
	}
	return best
}

// within reports whether an import path is prefix or is below it.
func within(path, prefix string) bool {
	return path == prefix || len(path) > len(prefix) && path[:len(prefix)] == prefix && path[len(prefix)] == '/'
}

func withinAny(path string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return within(path, p) })
}
