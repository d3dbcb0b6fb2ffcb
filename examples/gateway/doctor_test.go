package main

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The gateway and its doctor reject the same flags with the same error.
func TestDoctorRejectsTheFlagsThatTheGatewayRejects(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		flags []string
		want  string
	}{
		"a proof without a value":      {[]string{"-optimize", "xaccel", "-mount", "default=/_files/", "-proof", "x"}, "proof: want FIELD=VALUE"},
		"a mount without a slash":      {[]string{"-optimize", "xaccel", "-mount", "default=/_files"}, "has no slash at its end"},
		"a mount of an unknown bucket": {[]string{"-optimize", "xaccel", "-mount", "docs=/_files/"}, `no bucket "docs"; want one of default`},
		"an unknown mode":              {[]string{"-optimize", "x-accel"}, "want stream, xaccel"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			printed := map[string]string{}
			for _, args := range [][]string{{"-addr", "127.0.0.1:0"}, {"doctor", "-edge", "http://127.0.0.1:1"}} {
				var stderr strings.Builder
				args := append(append(args, "-bucket", "mem://"), tc.flags...)
				assert.Equal(t, exitUsage, run(t.Context(), args, io.Discard, &stderr), args)
				assert.Contains(t, stderr.String(), tc.want)
				printed[args[0]] = stderr.String()
			}
			assert.Equal(t, printed["-addr"], printed["doctor"])
		})
	}
}
