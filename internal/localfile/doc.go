// Package localfile reads regular files of a file system, and distinguishes the versions of a file.
//
// [Stat] and [Open] reject everything but a regular file. A [Reader] fails if its file is rewritten while it is read.
// [Root] is the file system below an os.Root.
package localfile
