package examples_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

var question = regexp.MustCompile(`(?m)^\d+\. (?:.*\n)(?: +.*\n)*`)

// Each question of a user has a link to the section that answers it. TestLinksAndAnchorsResolve follows the links.
func TestQuestionsAreAnswered(t *testing.T) {
	t.Parallel()
	all := question.FindAllString(documents(t)["docs/questions.md"], -1)
	assert.GreaterOrEqual(t, len(all), 40)
	for _, q := range all {
		assert.Contains(t, strings.Join(links(q), " "), "#", q)
	}
}
