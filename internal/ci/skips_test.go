package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSkipsAreGroupedByReason(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		skipped []skip
		want    string
	}{
		{"none", nil, "skipped: 0"},
		{"most frequent reason first, then by name", []skip{
			{"TestZip", "unzip not installed"}, {"TestB/range", "nginx not installed"}, {"TestC", "curl not installed"}, {"TestA", "nginx not installed"},
		}, `skipped: 4
    2  nginx not installed: TestA, TestB/range
    1  curl not installed: TestC
    1  unzip not installed: TestZip`},
		{"one test in two packages", []skip{{"TestMain", "no /proc"}, {"TestMain", "no /proc"}}, "skipped: 2\n    2  no /proc: TestMain, TestMain"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, (&report{skipped: tt.skipped}).skips())
		})
	}
}
