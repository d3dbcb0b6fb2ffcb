package storagetest

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Golden compares a text, such as a [Transcript], with testdata/trace/NAME.txt. With the flag -update it writes the
// file instead. A missing file fails the test. A name that the same or another test has used already fails it, too.
// Golden is safe for concurrent use.
//
// The test package defines the flag:
//
//	var _ = flag.Bool("update", false, "write testdata/trace anew")
func Golden(t testing.TB, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", "trace", filepath.FromSlash(name)+".txt")
	if name == "" || !filepath.IsLocal(filepath.FromSlash(name)) {
		t.Fatalf("Golden: name %q is not that of a file in testdata/trace", name)
	}
	if other := goldenNames.take(t, name); other != "" {
		t.Fatalf("Golden: name %q is already used by %s", name, other)
	}
	if text == "" {
		t.Fatalf("Golden: the text for %s is empty", file)
	}
	if updating() {
		err := os.MkdirAll(filepath.Dir(file), 0o777)
		if err == nil {
			err = os.WriteFile(file, []byte(text), 0o666)
		}
		if err != nil {
			t.Fatalf("Golden: %v", err)
		}
		return
	}
	want, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.Errorf("Golden: %s does not exist; %s. The text is:\n%s", file, howToUpdate(), text)
	case err != nil:
		t.Errorf("Golden: %v", err)
	case string(want) != text:
		t.Errorf("Golden: %s differs (-file +got); if the new text is right, %s:\n%s",
			file, howToUpdate(), diffLines(lines(string(want)), lines(text)))
	}
}

func lines(s string) []string {
	l := strings.Split(s, "\n")
	if last := len(l) - 1; l[last] == "" {
		return l[:last]
	}
	l[len(l)-1] += " (no newline at the end)"
	return l
}

// updating looks up the flag. A flag of this package would conflict with that of a user's tests.
func updating() bool {
	f := flag.Lookup("update")
	if f == nil {
		return false
	}
	v, ok := f.Value.(flag.Getter)
	return ok && v.Get() == true
}

func howToUpdate() string {
	if flag.Lookup("update") == nil {
		return `define flag.Bool("update", false, "write testdata/trace anew") in the test and run it with -update`
	}
	return "run the test with -update"
}

// names are the tests by the golden names that they use.
type names struct {
	mu    sync.Mutex
	owner map[string]string // the test's name
	taken map[string]bool   // by a test that has not ended
}

var goldenNames = names{owner: map[string]string{}, taken: map[string]bool{}}

// take reserves a name for a test until the test ends, and returns "". It returns the name of the other test if the
// name is taken. The next run of a test (-count) may take its name again.
func (n *names) take(t testing.TB, name string) (other string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if owner := n.owner[name]; n.taken[name] || owner != "" && owner != t.Name() {
		return owner
	}
	n.owner[name], n.taken[name] = t.Name(), true
	t.Cleanup(func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.taken[name] = false
	})
	return ""
}
