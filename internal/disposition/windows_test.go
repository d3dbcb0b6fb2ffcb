package disposition_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-downloadview/downloadview/internal/disposition"
)

// Windows saves no such file, or a stream of another one. A client that does not replace the characters itself, such as
// curl, fails or writes elsewhere.
func TestS13CharactersThatWindowsForbidsAreReplaced(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"why?.txt": "why_.txt", "a<b>|c.txt": "a_b__c.txt", "12:30.txt": "12_30.txt", `say "hi".txt`: "say _hi_.txt", "*.txt": "_.txt",
		"a.txt:evil.exe": "a.txt_evil.exe", "a.txt::$DATA": "a.txt__$DATA", "C:x": "x", "C:d:x": "x", "é:x": "é_x", "con:x": "con_x",
		"=?utf-8?q?a?=": "=_utf-8_q_a_=",
	} {
		assert.Equal(t, want, disposition.Sanitize(name), name)
		assert.False(t, strings.ContainsAny(disposition.Format(false, name)[len(`attachment; filename="`):], `<>:|?`), name)
	}
}
