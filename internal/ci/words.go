package main

import "context"

// words checks the language of comments and documents.
func words(ctx context.Context) error {
	return command(ctx, ".", "go", "run", "./internal/words").Run()
}
