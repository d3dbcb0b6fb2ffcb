// Package wrapper describes files that may live anywhere and opens them only when a byte is wanted.
//
// A [File] is a value: making one asks nothing of the storage. [File.Stat] describes it, [File.Fetch]
// answers a conditional, ranged request for it in as few trips as its source allows, [File.Open] and
// [File.Reader] read it. What a File needs from the place where its content lives is a [Source] of two
// methods; whatever else a source can do ([Fetcher], [URLSigner], [Locator]) is found by File itself.
//
// The package streams and never buffers a file. Errors are [*fs.PathError] around a standard sentinel
// and the original error, so that errors.Is(err, fs.ErrNotExist) and an SDK's errors.As both work.
package wrapper
