package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestS15StartPrintsNoCredential(t *testing.T) {
	t.Parallel()
	for _, bucket := range []string{"x://user:S3CR3T@docs", "mem://user:S3CR3T@docs?unknown=S3CR3T", "docs=file://user:S3CR3T@srv/docs"} {
		for _, command := range [][]string{nil, {"doctor"}} {
			var out bytes.Buffer
			code := run(t.Context(), append(command, "-bucket", bucket), &out, &out)
			assert.NotZero(t, code)
			assert.NotEmpty(t, out.String())
			assert.NotContains(t, out.String(), "S3CR3T", bucket)
		}
	}
}
